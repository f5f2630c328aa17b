import { whenAborted } from "../base/index.ts";
import { DEFAULT_LIMITS, type NetLimits } from "../net/index.ts";
import { type Traffic, type TunnelStats } from "./traffic.ts";

/** A connection that came to nothing or was cut, for logs. */
export interface Incident {
  readonly error: unknown;
  /** Where its bytes came from. */
  readonly from: string;
}

/** One end of a tunnel, open. */
export interface TunnelEnd extends AsyncDisposable {
  /** Where it listens: what to dial, one for each suite, or the plain address. */
  readonly addresses: readonly string[];
  readonly stats: TunnelStats;
  /**
   * Accepts nobody more, gives what is open `graceMs` (default 5000) to come to its end, and cuts
   * the rest. Called again, it cuts at once.
   */
  close(options?: { readonly graceMs?: number | undefined }): Promise<void>;
}

const GRACE_MS = 5_000; // ours: as long as a goodbye

/** The end of a tunnel whose door `closeDoor` closes. */
export function tunnelEnd(
  addresses: readonly string[],
  traffic: Traffic,
  closeDoor: () => Promise<void>,
  signal: AbortSignal | undefined,
): TunnelEnd {
  let closing: Promise<void> | undefined;
  let deafen = () => {};
  const close = async ({ graceMs = GRACE_MS }: { readonly graceMs?: number | undefined } = {}) => {
    const again = closing !== undefined;
    deafen();
    closing ??= closeDoor();
    await closing;
    await traffic.end(again ? 0 : graceMs);
  };
  deafen = whenAborted(signal, () => void close());
  return {
    addresses,
    get stats() {
      return traffic.stats;
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

/**
 * A tunnel does not know when a stream is over: one direction may go on for as long as it likes
 * after the other has ended. All the clients of a peer come with its one key. Everything else is
 * limited as on any road.
 */
export function tunnelLimits(limits: Partial<NetLimits> | undefined): Partial<NetLimits> {
  return { maxRoadsPerKey: MAX_ROADS_PER_KEY, ...limits, lingerMs: Infinity };
}

/** Ours: a quarter of what a listener has, so that no peer alone takes all of it. */
const MAX_ROADS_PER_KEY = DEFAULT_LIMITS.maxConnections / 4;
