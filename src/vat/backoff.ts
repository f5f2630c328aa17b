import { type Random } from "../net/index.ts";

/** How long to wait before the next of several attempts. */
export interface Backoff {
  /** After the first failure. Default 100. */
  readonly firstMs: number;
  /** After many. Default 30,000: a peer that was restarted is found within half a minute. */
  readonly maxMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { firstMs: 100, maxMs: 30_000 };

/**
 * Twice as long after each failure, and of that at least half: those who failed together do not come
 * back together.
 */
export function delayAfter(failures: number, { firstMs, maxMs }: Backoff, random: Random): number {
  const longestMs = Math.min(maxMs, firstMs * 2 ** (failures - 1));
  return longestMs * (0.5 + random() / 2);
}
