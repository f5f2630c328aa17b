import { Random } from "./random.ts";
import { play, record } from "./traffic-world.ts";

export interface TrafficFailure {
  /** `node --import tsx test/fuzz/traffic.ts --seed …` plays it again. */
  readonly seed: number;
  readonly why: string;
}

/** Plays this many mutants of one recording, a seed each; stops at the first that does harm. */
export async function firstFailure(
  seed: number,
  mutants: number,
): Promise<TrafficFailure | undefined> {
  const recording = await record();
  const unharmed = await play(recording);
  if (unharmed !== undefined) return { seed, why: `without a mutation: ${unharmed}` };
  for (let index = 0; index < mutants; index += 1) {
    const one = (seed + index) >>> 0;
    const why = await play(mutant(recording, new Random(one)));
    if (why !== undefined) return { seed: one, why };
  }
  return undefined;
}

/** One to four bytes changed, a piece cut out, doubled or moved, or the end cut off. */
function mutant(original: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(original);
  for (let times = random.below(4); times >= 0; times -= 1) {
    const at = random.below(bytes.length);
    switch (random.below(10)) {
      case 0:
        bytes = bytes.slice(0, Math.max(8, at));
        break;
      case 1: {
        const end = Math.min(bytes.length, at + 8 * (1 + random.below(8)));
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
        break;
      }
      case 2: {
        const end = Math.min(bytes.length, at + 8 * (1 + random.below(16)));
        bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
        break;
      }
      case 3:
        bytes[at] = 0xff;
        break;
      case 4:
        bytes[at] = 0;
        break;
      case 5:
        bytes[at] = (bytes[at] ?? 0) + 1;
        break;
      default:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    if (bytes.length === 0) return Uint8Array.of(0);
  }
  return bytes;
}
