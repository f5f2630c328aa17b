import { type Clock } from "../base/index.ts";

/** The machine's monotonic clock. Its timers keep the process alive only while they are needed. */
export const realClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Calls back once, when the event loop has run out of what this turn brought. */
export function endOfTurn(callback: () => void): void {
  setImmediate(callback);
}
