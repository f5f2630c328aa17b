import { type Clock } from "../base/index.ts";

/** What Node can count to; it takes a longer delay for one of a millisecond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's monotonic clock. Its timers keep the process alive only while they are needed. */
export const realClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    if (delayMs === Infinity) return () => {};
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number) => {
      const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
      timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : callback()), stepMs);
    };
    arm(delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Calls back once, when the event loop has run out of what this turn brought. */
export function endOfTurn(callback: () => void): void {
  setImmediate(callback);
}
