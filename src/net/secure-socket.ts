import { type Duplex } from "node:stream";
import { type AnonymousPeer, type ByteQueue, type Clock, type Peer } from "../base/index.ts";
import { type CloseReason, type Session, type Suite } from "../shs/index.ts";
import {
  CLOSED,
  OPENED,
  type RoadClosed,
  type RoadCounters,
  type RoadOpened,
  type RoadOrigin,
} from "./diagnostics.ts";
import { NetError, systemError } from "./error.ts";
import { Incoming } from "./incoming.ts";
import { LifeWatch } from "./life-watch.ts";
import { type NetLimits } from "./limits.ts";
import { Outgoing } from "./outgoing.ts";
import { reset } from "./reset.ts";
import { type RoadLife } from "./road-peer.ts";

/** What happens on a road, told to the one who drives it. */
export interface RoadEvents {
  /** Bytes from the peer, in order. The view is the receiver's for good. */
  data(bytes: Uint8Array): void;
  /**
   * Memory of the receiver's own for the next `data`, of at least so many bytes; it may be used or
   * not. Absent or `undefined`: `data` comes in fresh memory.
   */
  room?(bytes: number): Uint8Array | undefined;
  /**
   * The peer will send nothing more; we still may. `unknown` where the suite has no goodbye, so
   * that a cut at the edge of a record looks the same.
   */
  ended(how: "goodbye" | "unknown"): void;
  /** What was over the high-water mark has left. */
  drain(): void;
  /** All that was written has left, and our goodbye. */
  left?(): void;
  /**
   * The road is gone; told once, last. `undefined` when both directions ended well; otherwise why
   * not, which after our own `destroy(error)` is that error.
   */
  closed(error: Error | undefined): void;
}

/** How a road seals and opens, and what it proved besides; what it cannot prove is absent. */
export type RoadSession = Pick<Session, "sealer" | "opener"> &
  Partial<Pick<Session, "suite" | "channelBinding">>;

/**
 * A road to one peer: what the driver of a connection needs, whatever the peer could prove.
 * {@link SecureSocket} implements it for all of them.
 */
export interface Road<P extends Peer | AnonymousPeer = Peer | AnonymousPeer> {
  readonly peer: P;
  /** How records are sealed, where they are. */
  readonly suite?: Suite | undefined;
  start(events: RoadEvents): void;
  write(bytes: Uint8Array): boolean;
  /** Sends now what would leave at the end of the turn; for roads that gather what is written. */
  flush?(): void;
  /** Bytes written and not yet taken by the system. */
  readonly bufferedBytes: number;
  /** Why the peer is leaving, when it said so. The text is of its choosing: escape it in logs. */
  readonly closeReason?: CloseReason | undefined;
  end(reason?: CloseReason): void;
  destroy(error?: Error): void;
}

export interface SecureSocketOptions<P extends Peer | AnonymousPeer = Peer> {
  readonly wire: Duplex;
  /** For diagnostics; a road without one is not announced. */
  readonly origin?: RoadOrigin | undefined;
  readonly peer: P & RoadLife;
  readonly session: RoadSession;
  /** Bytes that came with the handshake's last message. */
  readonly early: ByteQueue;
  readonly limits: NetLimits;
  readonly clock: Clock;
}

/**
 * A road to one peer whose key is proven: bytes in, bytes out, sealed on the wire. Nothing is read
 * before {@link SecureSocket.start}. What is written in one turn of the event loop is sealed
 * together and leaves in one write. Each direction ends with a goodbye of its own.
 *
 * Invariant: `closed` is told exactly once, and nothing is told after it.
 */
export class SecureSocket<P extends Peer | AnonymousPeer = Peer> implements Road<P> {
  readonly peer: P;
  /** Absent on roads that are not of a SecretHandshake. */
  readonly suite: Suite | undefined;
  readonly origin: RoadOrigin | undefined;

  readonly #cut: () => void;
  readonly #life: RoadLife;
  readonly #early: ByteQueue;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #watch: LifeWatch;
  #events: RoadEvents | undefined;
  #closeReason: CloseReason | undefined;
  /** Told of the next sign of life that the peer answers with. */
  #answered: (() => void) | undefined;
  #cancelLinger: (() => void) | undefined;
  #failure: Error | undefined;
  #gone = false;

  constructor(options: SecureSocketOptions<P>) {
    const { wire, peer, session, early, limits, clock } = options;
    this.peer = peer;
    this.origin = options.origin;
    const saysGoodbye = session.opener.ending !== "unknown";
    this.#cut = () => (saysGoodbye ? wire.destroy() : reset(wire));
    this.suite = session.suite;
    peer.established(session.channelBinding);
    this.#life = peer;
    this.#early = early;
    const { sealer, opener } = session;
    this.#outgoing = new Outgoing(wire, sealer, limits, {
      moved: (unsent) => this.#watch.moved(unsent),
      drained: () => this.#events?.drain(),
      overflowed: (error) => this.destroy(error),
    });
    this.#incoming = new Incoming(wire, opener, limits, clock, {
      room: (bytes) => this.#events?.room?.(bytes),
      data: (bytes) => this.#events?.data(bytes),
      ended: (how) => {
        this.#events?.ended(how);
        if (wire.writableFinished) linger(limits.finMs);
      },
      pinged: () => this.#outgoing.pong(),
      ponged: () => this.#ponged(),
      reason: (reason) => (this.#closeReason = reason),
      heard: (completed, half) => this.#watch.heard(completed, half),
      failed: (error) => this.destroy(error),
    });
    this.#watch = new LifeWatch(clock, limits, sealer.showsLife, {
      ping: () => this.#outgoing.ping(),
      dead: (error) => this.destroy(error),
    });
    wire.on("error", (error: Error) => {
      this.#failure ??= systemError(error, `road to ${peer.address}`);
    });
    wire.on("close", () => {
      this.#finish();
    });
    const linger = (delayMs: number) => {
      this.#cancelLinger?.();
      if (!this.#gone) this.#cancelLinger = clock.after(delayMs, () => wire.destroy());
    };
    wire.on("finish", () => {
      this.#events?.left?.();
      linger(this.#incoming.isOpen ? limits.lingerMs : limits.finMs);
    });
    if (this.origin !== undefined && OPENED.hasSubscribers) {
      OPENED.publish({ ...this.origin, peer, suite: this.suite } satisfies RoadOpened);
    }
  }

  get counters(): RoadCounters {
    return {
      sentBytes: this.#outgoing.sentBytes,
      receivedBytes: this.#incoming.receivedBytes,
      wireSentBytes: this.#outgoing.wireBytes,
      wireReceivedBytes: this.#incoming.wireBytes,
      flushes: this.#outgoing.flushes,
    };
  }

  get closeReason(): CloseReason | undefined {
    return this.#closeReason;
  }

  /** Bytes written and not yet taken by the system. */
  get bufferedBytes(): number {
    return this.#outgoing.unsentBytes;
  }

  /** Begins to read. What came before waits until now. */
  start(events: RoadEvents): void {
    if (this.#events !== undefined) throw new NetError("CLOSED", "the road was started already");
    this.#events = events;
    if (this.#gone) {
      setImmediate(() => {
        events.closed(this.#failure);
      });
      return;
    }
    this.#incoming.start(this.#early);
    this.resume();
  }

  /**
   * Takes bytes to send; they must not change any more. `false` when more is waiting than the
   * high-water mark: wait for `drain`. Throws `NetError` `CLOSED` after our own `end`; on a road
   * that is gone the bytes are dropped.
   */
  write(bytes: Uint8Array): boolean {
    return this.#outgoing.write(bytes);
  }

  /** Seals and sends now what would leave at the end of the turn. */
  flush(): void {
    this.#outgoing.flush();
  }

  /**
   * Asks for a sign of life, and calls back once it is there. `false` when none was asked for: the
   * suite has no answer to give, or bytes are on their way. One question at a time; a peer cuts
   * off who asks more than `maxPingsPerSecond`.
   */
  ping(answered: () => void): boolean {
    const asked = this.#outgoing.ping();
    if (asked) this.#answered = answered;
    return asked;
  }

  /** Stops `data` until {@link resume}; the peer is slowed down by TCP. */
  pause(): void {
    this.#incoming.pause();
    this.#watch.listens(false);
  }

  resume(): void {
    this.#watch.listens(true);
    this.#incoming.resume();
  }

  /**
   * Sends what is waiting, then why, where the suite can say it, then our goodbye. The road is gone
   * once the peer has said its own, or `lingerMs` after ours has left.
   */
  end(reason?: CloseReason): void {
    this.#outgoing.end(reason);
  }

  /**
   * Cuts the road without a goodbye; the peer sees a truncated stream or, where the suite has no
   * goodbye and TCP is below, a reset.
   */
  destroy(error: Error = new NetError("ABORTED", "the road was cut by us")): void {
    this.#failure ??= error;
    this.#stop();
    this.#cut();
  }

  #ponged(): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.();
  }

  #finish(): void {
    if (!this.#gone && (this.#incoming.isOpen || this.#outgoing.isOpen)) {
      this.#failure ??= new NetError("TRUNCATED", "the road was cut without a goodbye");
    }
    this.#stop();
    this.#cancelLinger?.();
    this.#life.abort(this.#failure);
    this.#announceEnd();
    this.#events?.closed(this.#failure);
  }

  #announceEnd(): void {
    if (this.origin === undefined || !CLOSED.hasSubscribers) return;
    const { direction } = this.origin;
    const { peer, suite, counters, closeReason } = this;
    CLOSED.publish({
      direction,
      peer,
      suite,
      counters,
      closeReason,
      error: this.#failure,
    } satisfies RoadClosed);
  }

  /** Nothing is sent or handed up any more. */
  #stop(): void {
    this.#gone = true;
    this.#watch.stop();
    this.#outgoing.stop();
    this.#incoming.stop();
  }
}
