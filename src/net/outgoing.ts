import { Socket } from "node:net";
import { type Duplex } from "node:stream";
import { ByteQueue } from "../base/index.ts";
import { type CloseReason, reuse, type Sealer } from "../shs/index.ts";
import { NetError } from "./error.ts";
import { type NetLimits } from "./limits.ts";

export interface OutgoingEvents {
  /** Bytes were handed to the system, or it took some; whether some still wait. */
  moved(unsent: boolean): void;
  /** What was over the high-water mark has left. */
  drained(): void;
  /** The writer goes on although nothing leaves. */
  overflowed(error: NetError): void;
}

/** `ending`: the goodbye waits behind what is still to be sent. */
type State =
  | { readonly is: "open" }
  | { readonly is: "ending"; readonly reason: CloseReason | undefined }
  | { readonly is: "ended" }
  | { readonly is: "gone" };

/**
 * The outgoing half of a road: gathers what one turn of the event loop writes, seals it together,
 * and hands it to the wire no faster than the wire takes it.
 *
 *     open ── end ──▶ ending ── all sent ──▶ ended          any ── stop ──▶ gone
 *
 * Invariant: never more than about two high-water marks are sealed and unsent; the rest waits in
 * the clear, where it costs nothing yet.
 */
export class Outgoing {
  readonly #wire: Duplex;
  /** The wire is done with a buffer when it says so; other streams may only have passed it on. */
  readonly #keepsNothing: boolean;
  readonly #sealer: Sealer;
  readonly #limits: NetLimits;
  readonly #events: OutgoingEvents;
  readonly #outbox = new ByteQueue();
  #state: State = { is: "open" };
  #flushDue: NodeJS.Immediate | undefined;
  #drainDue = false;
  #pongDue = false;

  /** Of the application. */
  sentBytes = 0;
  /** On the wire. */
  wireBytes = 0;
  flushes = 0;

  constructor(wire: Duplex, sealer: Sealer, limits: NetLimits, events: OutgoingEvents) {
    this.#wire = wire;
    this.#keepsNothing = wire instanceof Socket;
    this.#sealer = sealer;
    this.#limits = limits;
    this.#events = events;
    wire.on("drain", this.#onWireDrain);
  }

  get isOpen(): boolean {
    return this.#state.is === "open";
  }

  /** Bytes written and not yet taken by the system. */
  get unsentBytes(): number {
    return this.#outbox.length + this.#wire.writableLength;
  }

  /** As `SecureSocket.write`. */
  write(bytes: Uint8Array): boolean {
    if (this.#state.is === "gone") return false;
    if (this.#state.is !== "open") throw new NetError("CLOSED", "written after end()");
    this.sentBytes += bytes.length;
    this.#outbox.push(bytes);
    if (this.#outbox.length >= this.#limits.flushBytes) this.flush();
    else this.#flushSoon();
    const unsent = this.unsentBytes;
    if (unsent < this.#limits.highWaterBytes) return true;
    this.#drainDue = true;
    if (unsent > this.#limits.maxUnsentBytes) {
      const message = `${unsent} bytes are unsent, and the writer does not wait`;
      this.#events.overflowed(new NetError("OVERFLOW", message));
    }
    return false;
  }

  flush(): void {
    if (this.#flushDue !== undefined) clearImmediate(this.#flushDue);
    this.#flushDue = undefined;
    if (this.#state.is === "ended" || this.#state.is === "gone") return;
    const mayWrite = this.#wire.writableLength < this.#limits.highWaterBytes;
    if (this.#pongDue && mayWrite) {
      this.#pongDue = false;
      this.#send(this.#sealer.pong());
    }
    if (this.#outbox.length > 0) {
      this.flushes += 1;
      this.#pump();
    }
  }

  /** Shows life, unless what waits to be sent will; whether the peer will answer. */
  ping(): boolean {
    if (this.#state.is !== "open" || this.unsentBytes > 0) return false;
    this.#send(this.#sealer.ping());
    return this.#sealer.showsLife === "answered";
  }

  /** Answers the pings of this turn, all of them at once. */
  pong(): void {
    this.#pongDue = true;
    this.#flushSoon();
  }

  /** Says goodbye behind all that was written. */
  end(reason: CloseReason | undefined): void {
    if (this.#state.is !== "open") return;
    this.flush();
    this.#state = { is: "ending", reason };
    if (this.#outbox.length === 0) this.#sayGoodbye(reason);
  }

  /** The road is gone. */
  stop(): void {
    this.#state = { is: "gone" };
    if (this.#flushDue !== undefined) clearImmediate(this.#flushDue);
    this.#outbox.clear();
  }

  #flushSoon(): void {
    this.#flushDue ??= setImmediate(this.#flushNow);
  }

  readonly #flushNow = (): void => {
    this.flush();
  };

  /** Seals and sends as much as the wire takes without a queue of its own. */
  #pump(): void {
    const { highWaterBytes } = this.#limits;
    while (this.#outbox.length > 0 && this.#wire.writableLength < highWaterBytes) {
      this.#send(...this.#sealer.seal(this.#outbox, highWaterBytes));
    }
  }

  #send(...parts: readonly (Uint8Array | undefined)[]): void {
    const wire = this.#wire;
    const several = parts.length > 1;
    if (several) wire.cork();
    for (const part of parts) {
      if (part === undefined || part.length === 0) continue;
      this.wireBytes += part.length;
      wire.write(part, this.#keepsNothing ? (error) => this.#onLeft(part, error) : this.#onTaken);
    }
    if (several) wire.uncork();
    this.#events.moved(wire.writableLength > 0);
  }

  /** A wire that was never full says no `drain`, though the high-water mark was ours to heed. */
  readonly #onTaken = (error?: Error | null): void => {
    if (this.#state.is === "gone") return;
    this.#events.moved(this.#wire.writableLength > 0);
    if (error !== null && error !== undefined) return;
    if (this.#flushDue === undefined && !this.#wire.writableNeedDrain) this.#onWireDrain();
  };

  #onLeft(part: Uint8Array, error: Error | null | undefined): void {
    if (error === null || error === undefined) reuse(part);
    this.#onTaken(error);
  }

  readonly #onWireDrain = (): void => {
    const state = this.#state;
    if (state.is === "ended" || state.is === "gone") return;
    this.#pump();
    if (this.#outbox.length > 0) return;
    if (this.#pongDue) this.flush();
    if (state.is === "ending") {
      this.#sayGoodbye(state.reason);
    } else if (this.#drainDue && this.unsentBytes < this.#limits.highWaterBytes) {
      this.#drainDue = false;
      this.#events.drained();
    }
  };

  #sayGoodbye(reason: CloseReason | undefined): void {
    const lastWords = reason === undefined ? undefined : this.#sealer.closeReason(reason);
    this.#send(lastWords, this.#sealer.goodbye());
    this.#state = { is: "ended" };
    this.#wire.end();
  }
}
