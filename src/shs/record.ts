import { type ByteQueue } from "../base/index.ts";

/** The way records are sealed after the handshake. It comes from the address, never by fallback. */
export type Suite = "aead64k" | "box-stream" | "compact";

/** What a stream of records held, in its order. */
export type Received =
  | { readonly is: "data"; readonly bytes: Uint8Array }
  | { readonly is: "ping" }
  | { readonly is: "pong" }
  | { readonly is: "rekey" }
  | { readonly is: "close-reason"; readonly reason: CloseReason }
  | { readonly is: "goodbye" };

export interface CloseReason {
  /** 0–65535; what it means is the application's. */
  readonly code: number;
  /** At most 256 bytes of UTF-8. */
  readonly text: string;
}

/**
 * What the end of the TCP stream, if it came now, would mean: `goodbye` a clean end, `truncated` a
 * cut, `unknown` that this suite cannot tell.
 */
export type Ending = "goodbye" | "truncated" | "unknown";

/** Turns bytes to send into records, in one direction of one connection. */
export interface Sealer {
  /**
   * Whether the suite can show life: `answered` when the peer answers a ping, `one-way` when it
   * need not, `none` when there is no ping.
   */
  readonly showsLife: "answered" | "one-way" | "none";
  /**
   * Seals and removes the first `maxBytes` of the queue, all of it by default. Throws `ShsError`
   * `SEALED_AFTER_GOODBYE`. The buffers returned are the caller's.
   */
  seal(plaintext: ByteQueue, maxBytes?: number): readonly Uint8Array[];
  /** The record after which this direction is silent; empty where the suite has none. */
  goodbye(): Uint8Array;
  /** A record that shows life and carries nothing; `undefined` where the suite has none. */
  ping(): Uint8Array | undefined;
  /** The answer to a ping; `undefined` where the suite needs none. */
  pong(): Uint8Array | undefined;
  /** Why we are leaving; only goodbye may follow. `undefined` where the suite cannot say. */
  closeReason(reason: CloseReason): Uint8Array | undefined;
}

/** Turns received bytes back, in one direction of one connection. */
export interface Opener {
  /** What the end of the stream would mean now. */
  readonly ending: Ending;
  /** Whether a record has begun to arrive and is not complete. */
  readonly midRecord: boolean;
  /** Takes received bytes; they must not change until {@link next} has read them. */
  push(chunk: Uint8Array): void;
  /**
   * What came next, `undefined` until more bytes arrive. Data of neighbouring records comes in one
   * buffer, which is the caller's, in its `room` where it has some. Throws `ShsError` at the first
   * record that breaks a rule, after all that came before it, and again on every later call.
   */
  next(room?: Room): Received | undefined;
}

/**
 * Asked for memory of at least so many bytes, which the next data may be written to, from its start;
 * what lies there is lost. `undefined`: fresh memory is used.
 */
export type Room = (bytes: number) => Uint8Array | undefined;
