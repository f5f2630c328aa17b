import { type Clock } from "../base/index.ts";

/** What Node can count to; it takes a longer delay for one of a millisecond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's monotonic clock. Its timers keep the process alive only while they are needed. */
export const realClock: Clock = machineClock((timer) => timer);

/** The same for work that nobody waits for: its timers keep no process alive. */
export const backgroundClock: Clock = machineClock((timer) => timer.unref());

function machineClock(started: (timer: NodeJS.Timeout) => NodeJS.Timeout): Clock {
  return {
    now: () => performance.now(),
    after(delayMs, callback) {
      if (delayMs === Infinity) return () => {};
      let timer: NodeJS.Timeout;
      const arm = (leftMs: number) => {
        const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
        const fire = () => (leftMs > stepMs ? arm(leftMs - stepMs) : callback());
        timer = started(setTimeout(fire, stepMs));
      };
      arm(delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

/** Calls back once, when the event loop has run out of what this turn brought. */
export function endOfTurn(callback: () => void): void {
  setImmediate(callback);
}
