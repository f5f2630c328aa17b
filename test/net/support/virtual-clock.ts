import { type Clock } from "../../../src/base/index.ts";

/** Time that passes only when a test says so. */
export class VirtualClock implements Clock {
  #now = 1000;
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** The delay of the timer that was set last; 0 when none waits. */
  get last(): number {
    return (this.#timers.at(-1)?.atMs ?? this.#now) - this.#now;
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Lets time pass, and fires what falls due on the way, in its order. */
  advance(ms: number): void {
    const untilMs = this.#now + ms;
    for (;;) {
      const due = this.#timers
        .filter(({ atMs }) => atMs <= untilMs)
        .sort((left, right) => left.atMs - right.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.atMs);
      due.callback();
    }
    this.#now = untilMs;
  }
}
