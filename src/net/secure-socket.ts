import { type Duplex } from "node:stream";
import { ByteQueue, type Clock, type Peer } from "../base/index.ts";
import { type CloseReason, type Received, type Session, type Suite } from "../shs/index.ts";
import { NetError, systemError } from "./error.ts";
import { type NetLimits } from "./limits.ts";
import { type RoadPeer } from "./road-peer.ts";

/** What happens on a road, told to the one who drives it. None of these may throw. */
export interface RoadEvents {
  /** Bytes from the peer, in order. The view is the receiver's for good. */
  data(bytes: Uint8Array): void;
  /**
   * The peer will send nothing more; we still may. `unknown` where the suite has no goodbye, so
   * that a cut at the edge of a record looks the same.
   */
  ended(how: "goodbye" | "unknown"): void;
  /** What was over the high-water mark has left. */
  drain(): void;
  /**
   * The road is gone; told once, last. `undefined` when both directions ended well; otherwise why
   * not, which after our own `destroy(error)` is that error.
   */
  closed(error: Error | undefined): void;
}

/** Bytes and records of one road since it was opened. */
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

export interface SecureSocketOptions {
  readonly wire: Duplex;
  readonly peer: RoadPeer;
  readonly session: Session;
  /** Bytes that came with the handshake's last message. */
  readonly early: ByteQueue;
  readonly limits: NetLimits;
  readonly clock: Clock;
}

type Outgoing = "open" | "ended" | "gone";
type Incoming = "open" | "ended" | "gone";

/**
 * A road to one peer whose key is proven: bytes in, bytes out, sealed on the wire. Nothing is read
 * before {@link SecureSocket.start}. What is written in one turn of the event loop is sealed together and leaves
 * in one write. Each direction ends with a goodbye of its own.
 *
 *     outgoing:  open ── our goodbye ──▶ ended ──▶ gone
 *     incoming:  open ── the peer's  ──▶ ended ──▶ gone
 *
 * Invariant: `closed` is told exactly once, and nothing is told after it.
 */
export class SecureSocket {
  readonly peer: Peer;
  readonly suite: Suite;
  /** 32 bytes that this connection has in common with its other end and with no other. */
  readonly channelBinding: Uint8Array;

  readonly #wire: Duplex;
  readonly #roadPeer: RoadPeer;
  readonly #session: Session;
  readonly #limits: NetLimits;
  readonly #clock: Clock;
  readonly #outbox = new ByteQueue();
  #events: RoadEvents | undefined;
  #outgoing: Outgoing = "open";
  #incoming: Incoming = "open";
  #paused = true;
  #delivering = false;
  #wireEnded = false;
  #flushDue: NodeJS.Immediate | undefined;
  #drainDue = false;
  #cancelLinger: (() => void) | undefined;
  #failure: Error | undefined;

  #sentBytes = 0;
  #receivedBytes = 0;
  #wireSentBytes = 0;
  #wireReceivedBytes = 0;
  #flushes = 0;

  constructor({ wire, peer, session, early, limits, clock }: SecureSocketOptions) {
    this.peer = peer;
    this.suite = session.suite;
    this.channelBinding = session.channelBinding;
    this.#wire = wire;
    this.#roadPeer = peer;
    this.#session = session;
    this.#limits = limits;
    this.#clock = clock;
    this.#wireReceivedBytes = early.length;
    while (early.length > 0) session.opener.push(early.takeSome(early.length));
    wire.on("error", this.#onWireError);
    wire.on("close", this.#onWireClose);
    wire.on("drain", this.#onWireDrain);
    wire.on("end", this.#onWireEnd);
  }

  get counters(): RoadCounters {
    return {
      sentBytes: this.#sentBytes,
      receivedBytes: this.#receivedBytes,
      wireSentBytes: this.#wireSentBytes,
      wireReceivedBytes: this.#wireReceivedBytes,
      flushes: this.#flushes,
    };
  }

  /** Bytes written and not yet taken by the system. */
  get bufferedBytes(): number {
    return this.#outbox.length + this.#wire.writableLength;
  }

  /** Begins to read. What came before waits until now. */
  start(events: RoadEvents): void {
    if (this.#events !== undefined) throw new NetError("CLOSED", "the road was started already");
    this.#events = events;
    this.#wire.on("data", this.#onWireData);
    if (this.#outgoing === "gone") setImmediate(this.#tellClosed);
    else this.resume();
  }

  /**
   * Takes bytes to send; they must not change any more. `false` when more is waiting than the
   * high-water mark: wait for `drain`. Throws `NetError` `CLOSED` after our own `end`; on a road
   * that is gone the bytes are dropped.
   */
  write(bytes: Uint8Array): boolean {
    if (this.#outgoing === "ended") throw new NetError("CLOSED", "written after end()");
    if (this.#outgoing === "gone") return false;
    this.#sentBytes += bytes.length;
    this.#outbox.push(bytes);
    if (this.#outbox.length >= this.#limits.flushBytes) this.flush();
    else this.#flushDue ??= setImmediate(this.#flushNow);
    if (this.bufferedBytes < this.#limits.highWaterBytes) return true;
    this.#drainDue = true;
    return false;
  }

  /** Seals and sends now what would leave at the end of the turn. */
  flush(): void {
    if (this.#flushDue !== undefined) clearImmediate(this.#flushDue);
    this.#flushDue = undefined;
    if (this.#outbox.length === 0 || this.#outgoing !== "open") return;
    this.#flushes += 1;
    this.#send(this.#session.sealer.seal(this.#outbox));
  }

  /** Stops `data` until {@link resume}; the peer is slowed down by TCP. */
  pause(): void {
    this.#paused = true;
    this.#wire.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
    if (this.#mayRead()) this.#wire.resume();
  }

  /**
   * Sends what is waiting, and our goodbye. The road is gone once the peer has said its own, or
   * after `lingerMs`.
   */
  end(reason?: CloseReason): void {
    if (this.#outgoing !== "open") return;
    this.flush();
    this.#outgoing = "ended";
    const { sealer } = this.#session;
    const lastWords = reason === undefined ? undefined : sealer.closeReason(reason);
    const goodbye = sealer.goodbye();
    this.#send([...(lastWords === undefined ? [] : [lastWords]), goodbye]);
    this.#wire.end();
    this.#cancelLinger = this.#clock.after(this.#limits.lingerMs, () => this.#wire.destroy());
  }

  /** Cuts the road without a goodbye; the peer sees a truncated stream. */
  destroy(error: Error = new NetError("ABORTED", "the road was cut by us")): void {
    this.#failure ??= error;
    this.#outgoing = "gone";
    this.#incoming = "gone";
    this.#wire.destroy();
  }

  readonly #flushNow = (): void => {
    this.flush();
  };

  #send(parts: readonly Uint8Array[]): void {
    const wire = this.#wire;
    if (parts.length > 1) wire.cork();
    for (const part of parts) {
      this.#wireSentBytes += part.length;
      wire.write(part);
    }
    if (parts.length > 1) wire.uncork();
  }

  #mayRead(): boolean {
    return !this.#paused && this.#incoming !== "gone";
  }

  readonly #onWireData = (chunk: Uint8Array): void => {
    this.#wireReceivedBytes += chunk.length;
    this.#session.opener.push(chunk);
    this.#deliver();
  };

  /** The end of the peer's TCP stream. */
  readonly #onWireEnd = (): void => {
    this.#wireEnded = true;
    this.#deliver();
  };

  /** Hands up what is opened, until it runs dry, breaks a rule, or the driver pauses. */
  #deliver(): void {
    if (this.#delivering) return; // resume() from within data()
    this.#delivering = true;
    try {
      while (this.#mayRead()) {
        const received = this.#session.opener.next();
        if (received !== undefined) {
          this.#receive(received);
          continue;
        }
        if (this.#wireEnded) this.#judgeEnding();
        break;
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new NetError("ABORTED", String(error)));
    } finally {
      this.#delivering = false;
    }
  }

  #receive(received: Received): void {
    switch (received.is) {
      case "data":
        this.#receivedBytes += received.bytes.length;
        this.#events?.data(received.bytes);
        return;
      case "goodbye":
        this.#peerEnded("goodbye");
        return;
      case "ping":
      case "pong":
      case "close-reason":
        return;
      default:
        received satisfies never;
    }
  }

  /** All that came was opened, and nothing more will come. */
  #judgeEnding(): void {
    const { ending } = this.#session.opener;
    switch (ending) {
      case "goodbye":
        return; // heard already
      case "unknown":
        this.#peerEnded("unknown");
        return;
      case "truncated":
        this.destroy(new NetError("TRUNCATED", "the peer's stream ends without a goodbye"));
        return;
      default:
        ending satisfies never;
    }
  }

  #peerEnded(how: "goodbye" | "unknown"): void {
    if (this.#incoming !== "open") return;
    this.#incoming = "ended";
    this.#events?.ended(how);
  }

  readonly #onWireDrain = (): void => {
    if (!this.#drainDue || this.#outgoing !== "open") return;
    this.#drainDue = false;
    this.#events?.drain();
  };

  readonly #onWireError = (error: Error): void => {
    this.#failure ??= systemError(error, `road to ${this.peer.address}`);
  };

  readonly #onWireClose = (): void => {
    if (this.#incoming === "open" || this.#outgoing === "open") {
      this.#failure ??= new NetError("TRUNCATED", "the road was cut without a goodbye");
    }
    this.#outgoing = "gone";
    this.#incoming = "gone";
    if (this.#flushDue !== undefined) clearImmediate(this.#flushDue);
    this.#cancelLinger?.();
    this.#outbox.clear();
    this.#roadPeer.abort(this.#failure);
    this.#tellClosed();
  };

  readonly #tellClosed = (): void => {
    this.#events?.closed(this.#failure);
  };
}
