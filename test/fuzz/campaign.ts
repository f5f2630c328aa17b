import { Random } from "./random.ts";
import { type Step, World, type WorldOptions } from "./world.ts";

/** What happened in one run: the options and steps that show it, as short as could be found. */
export interface Failure {
  readonly seed: number;
  readonly options: WorldOptions;
  readonly steps: readonly Step[];
  readonly error: unknown;
}

/** What all runs together came to. */
export const tally = { cycles: 0 };

/** How often each step is taken, relative to the others. */
const WEIGHTS: readonly (readonly [Step[0], number])[] = [
  ["bootstrap", 4],
  ["call", 20],
  ["pipeline", 12],
  ["dropRef", 10],
  ["dropCall", 6],
  ["promise", 5],
  ["resolve", 6],
  ["break", 1],
  ["answer", 16],
  ["throw", 2],
  ["late", 3],
  ["stream", 4],
  ["tailCall", 4],
  ["setPipeline", 2],
  ["wrap", 5],
  ["deliver", 45],
  ["turn", 35],
];

/** What makes calls fail happens in some runs only, and there once in so many steps. */
const RARE: readonly (readonly [Step[0], number])[] = [
  ["cut", 200],
  ["revoke", 40],
  ["unwritable", 30],
];

/** Runs the world of one seed; returns what was found, made short. */
export function run(seed: number, length = 300): Failure | undefined {
  const random = new Random(seed);
  const options: WorldOptions = {
    vats: 2 + random.below(3),
    tailCalls: random.below(2) === 1,
    narrow: random.below(4) === 0,
  };
  const rare = RARE.filter(() => random.below(3) === 0);
  const steps = Array.from({ length }, () => step(random, rare));
  if (errorOf(options, steps) === undefined) return undefined;
  const shortest = shortened(options, steps);
  return { seed, options, steps: shortest, error: errorOf(options, shortest) };
}

/** A failure as a test to paste. */
export function asUnitTest({ seed, options, steps, error }: Failure): string {
  return [
    `// ${error instanceof Error ? error.message : String(error)}`,
    `it("replays fuzz seed ${seed}", () => {`,
    `  const world = new World(${JSON.stringify(options)});`,
    ...steps.map(([name, ...numbers]) => {
      return `  world.${name}(${numbers.slice(0, World.prototype[name].length).join(", ")});`;
    }),
    "  world.finish();",
    "});",
  ].join("\n");
}

function step(random: Random, rare: typeof RARE): Step {
  const numbers = () => Array.from({ length: 4 }, () => random.below(1000));
  for (const [name, once] of rare) if (random.below(once) === 0) return [name, ...numbers()];
  let left = random.below(WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0));
  const name = WEIGHTS.find(([, weight]) => (left -= weight) < 0)![0];
  return [name, ...numbers()];
}

function errorOf(options: WorldOptions, steps: readonly Step[]): unknown {
  try {
    const world = new World(options);
    for (const step of steps) world.do(step);
    world.finish();
    tally.cycles += world.cycles;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Leaves out whatever can be left out, in ever smaller pieces, until no single step can be. */
function shortened(options: WorldOptions, steps: readonly Step[]): readonly Step[] {
  let kept = steps;
  let before = Infinity;
  for (
    let size = kept.length >> 1;
    size > 1 || kept.length < before;
    size = Math.max(size >> 1, 1)
  ) {
    before = kept.length;
    for (let at = 0; at < kept.length;) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (errorOf(options, without) === undefined) at += size;
      else kept = without;
    }
  }
  return kept;
}
