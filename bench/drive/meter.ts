import { setTimeout as delay } from "node:timers/promises";
import { type Answer } from "./orders.ts";

/** Open until so much time is over. It asks the clock, since a busy peer may starve timers. */
export class Deadline {
  readonly #startedMs = performance.now();
  readonly #endMs: number;

  constructor(ms: number) {
    this.#endMs = this.#startedMs + ms;
  }

  readonly isOpen = (): boolean => performance.now() < this.#endMs;

  /** Since the beginning, which is longer than was asked for by what was still under way. */
  get seconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }
}

/** Every sample, for percentiles. */
export class Times {
  #samples = new Float64Array(1024);
  #count = 0;

  addSince(startMs: number): void {
    if (this.#count === this.#samples.length) {
      const longer = new Float64Array(2 * this.#count);
      longer.set(this.#samples);
      this.#samples = longer;
    }
    this.#samples[this.#count] = performance.now() - startMs;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  /** In microseconds. */
  percentiles(): { readonly p50: number; readonly p99: number } {
    const sorted = this.#samples.subarray(0, this.#count).sort();
    const at = (part: number) => (sorted[Math.floor(part * (this.#count - 1))] ?? 0) * 1000;
    return { p50: at(0.5), p99: at(0.99) };
  }
}

let cpuMark = process.cpuUsage();

/** CPU seconds of this process since it was last asked. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage(cpuMark);
  cpuMark = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Heap and what is held outside of it, once all that is garbage is collected. */
export async function memory(): Promise<Answer> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await delay(10);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { bytes: heapUsed + external, rss };
}
