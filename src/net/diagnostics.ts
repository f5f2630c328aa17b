import { channel } from "node:diagnostics_channel";
import { type AnonymousPeer, type Peer } from "../base/index.ts";
import { type CloseReason, type Suite } from "../shs/index.ts";

/** How a road came to be. */
export interface RoadOrigin {
  readonly direction: "dialled" | "accepted";
  /** Until TCP had answered; only of a dialled road. */
  readonly connectMs?: number | undefined;
  /** From the first byte of the handshake to its last; 0 where there is none. */
  readonly handshakeMs: number;
}

/** Bytes of one road since it was opened. */
export interface RoadCounters {
  /** Of the application. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** On the wire, after the handshake. */
  readonly wireSentBytes: number;
  readonly wireReceivedBytes: number;
  /** Writes to the wire: many application writes share one. */
  readonly flushes: number;
}

/** Published on `handfast:net:opened`. */
export interface RoadOpened extends RoadOrigin {
  /** The same object in `handfast:net:closed`: a key for what a subscriber keeps of a road. */
  readonly peer: Peer | AnonymousPeer;
  /** Absent on roads that are not of a SecretHandshake. */
  readonly suite: Suite | undefined;
}

/** Published on `handfast:net:failed`: a dial or a handshake that came to nothing. */
export interface RoadFailed {
  readonly direction: RoadOrigin["direction"];
  /** Whom we dialled, or where the client's bytes came from. */
  readonly address: string;
  /** Known when a client got as far as proving its key. */
  readonly peer: Peer | undefined;
  readonly error: unknown;
}

/** Published on `handfast:net:closed`. */
export interface RoadClosed {
  readonly direction: RoadOrigin["direction"];
  readonly peer: Peer | AnonymousPeer;
  readonly suite: Suite | undefined;
  readonly counters: RoadCounters;
  /** What the peer said of why it leaves, if anything: its words, to be escaped in logs. */
  readonly closeReason: CloseReason | undefined;
  /** Why, unless both directions ended well. */
  readonly error: Error | undefined;
}

/**
 * What happens to roads, for whoever watches a process from outside (`node:diagnostics_channel`).
 * Nothing here is secret, and nothing is made unless somebody subscribed.
 */
export const OPENED = channel("handfast:net:opened");
export const FAILED = channel("handfast:net:failed");
export const CLOSED = channel("handfast:net:closed");

/** Dials, and tells of it when that comes to nothing. */
export async function announcingFailure<Road>(
  address: string,
  dial: () => Promise<Road>,
): Promise<Road> {
  try {
    return await dial();
  } catch (error) {
    if (FAILED.hasSubscribers) {
      const failed: RoadFailed = { direction: "dialled", address, peer: undefined, error };
      FAILED.publish(failed);
    }
    throw error;
  }
}
