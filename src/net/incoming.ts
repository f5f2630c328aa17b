import { type Duplex } from "node:stream";
import { type ByteQueue, type Clock } from "../base/index.ts";
import { type CloseReason, type Opener, type Received, type Room } from "../shs/index.ts";
import { NetError } from "./error.ts";
import { type NetLimits } from "./limits.ts";

export interface IncomingEvents {
  /** Where `data` shall lie. */
  readonly room: Room;
  data(bytes: Uint8Array): void;
  ended(how: "goodbye" | "unknown"): void;
  /** The peer asked for a sign of life. */
  pinged(): void;
  /** The peer answered a sign of life. */
  ponged(): void;
  /** The peer said why it is leaving. */
  reason(reason: CloseReason): void;
  /** Bytes came; they completed a record or not, and left one half there or not. */
  heard(completed: boolean, half: boolean): void;
  /** A record broke a rule, the stream was cut, or `data` threw. Nothing follows. */
  failed(error: Error): void;
}

/**
 * The incoming half of a road: opens records as they come and hands up what is in them, as long as
 * its owner reads.
 *
 *     paused ◀──▶ reading          either ── goodbye ──▶ ended          any ── stop ──▶ gone
 */
export class Incoming {
  readonly #wire: Duplex;
  readonly #opener: Opener;
  readonly #limits: NetLimits;
  readonly #clock: Clock;
  readonly #events: IncomingEvents;
  #state: "open" | "ended" | "gone" = "open";
  #paused = true;
  #delivering = false;
  #wireEnded = false;
  #labours = { sinceMs: 0, count: 0 };

  /** Of the application. */
  receivedBytes = 0;
  /** On the wire. */
  wireBytes = 0;

  constructor(
    wire: Duplex,
    opener: Opener,
    limits: NetLimits,
    clock: Clock,
    events: IncomingEvents,
  ) {
    this.#wire = wire;
    this.#opener = opener;
    this.#limits = limits;
    this.#clock = clock;
    this.#events = events;
    wire.on("end", this.#onWireEnd);
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  get isReading(): boolean {
    return !this.#paused && this.#state !== "gone";
  }

  /** Begins to read, first what came with the handshake. */
  start(early: ByteQueue): void {
    this.wireBytes = early.length;
    while (early.length > 0) this.#opener.push(early.takeSome(early.length));
    this.#wire.on("data", this.#onWireData);
  }

  pause(): void {
    this.#paused = true;
    this.#wire.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
    if (this.isReading) this.#wire.resume();
  }

  /** The road is gone. */
  stop(): void {
    this.#state = "gone";
  }

  readonly #onWireData = (chunk: Uint8Array): void => {
    this.wireBytes += chunk.length;
    this.#opener.push(chunk);
    this.#deliver();
  };

  /** The end of the peer's TCP stream. */
  readonly #onWireEnd = (): void => {
    this.#wireEnded = true;
    this.#deliver();
  };

  /** Hands up what is opened, until it runs dry, breaks a rule, or its owner pauses. */
  #deliver(): void {
    if (this.#delivering) return; // resume() from within data()
    this.#delivering = true;
    let completed = false;
    try {
      while (this.isReading) {
        const received = this.#opener.next(this.#events.room);
        if (received === undefined) {
          if (this.#wireEnded) this.#judgeEnding();
          break;
        }
        completed = true;
        this.#receive(received);
      }
      if (this.isReading) this.#events.heard(completed, this.#opener.midRecord);
    } catch (error) {
      this.#events.failed(error instanceof Error ? error : new NetError("ABORTED", String(error)));
    } finally {
      this.#delivering = false;
    }
  }

  #receive(received: Received): void {
    switch (received.is) {
      case "data":
        this.receivedBytes += received.bytes.length;
        this.#events.data(received.bytes);
        return;
      case "goodbye":
        this.#end("goodbye");
        return;
      case "ping":
        this.#countLabour();
        this.#events.pinged();
        return;
      case "rekey":
        this.#countLabour();
        return;
      case "pong":
        this.#events.ponged();
        return;
      case "close-reason":
        this.#events.reason(received.reason);
        return;
      default:
        received satisfies never;
    }
  }

  /** Counts what has us do more than open a record, and brings the peer no further. */
  #countLabour(): void {
    const now = this.#clock.now();
    if (now - this.#labours.sinceMs >= 1000) this.#labours = { sinceMs: now, count: 0 };
    this.#labours.count += 1;
    if (this.#labours.count > this.#limits.maxPingsPerSecond) {
      throw new NetError("FLOODED", "the peer sends nothing but signs of life and new keys");
    }
  }

  /** All that came was opened, and nothing more will come. */
  #judgeEnding(): void {
    const { ending } = this.#opener;
    switch (ending) {
      case "goodbye":
        return; // heard already
      case "unknown":
        this.#end("unknown");
        return;
      case "truncated":
        throw new NetError("TRUNCATED", "the peer's stream ends without a goodbye");
      default:
        ending satisfies never;
    }
  }

  #end(how: "goodbye" | "unknown"): void {
    if (this.#state !== "open") return;
    this.#state = "ended";
    this.#events.ended(how);
  }
}
