import {
  type AnonymousPeer,
  AuthContext,
  type Clock,
  HandfastError,
  type Peer,
  type TransportMetadata,
} from "../base/index.ts";
import {
  CapnpError,
  decodeMessage,
  encodeMessage,
  FrameReader,
  FrameWriter,
  WORD_BYTES,
} from "../capnp/index.ts";
import { methodPlace } from "../objects/index.ts";
import { type Road } from "../net/index.ts";
import {
  type Action,
  Connection,
  type ConnectionDump,
  type DumpOptions,
  type Hook,
  type Message,
  RpcError,
  type TurnQueue,
} from "../rpc/index.ts";
import { type CloseReason } from "../shs/index.ts";
import { type VatLimits } from "./limits.ts";

/** How the road of a driver came to be. */
export interface RoadState {
  readonly dialled: boolean;
  readonly early?: boolean | undefined;
}

/** What a driver needs of its vat. */
export interface DriverOwner {
  readonly turns: TurnQueue;
  readonly clock: Clock;
  readonly limits: VatLimits;
  /** Makes the root for the peer, at its first asking; the reference is the driver's. */
  bootstrap(peer: Peer | AnonymousPeer): Hook;
  /** It has something to do once the current turn is over. */
  wake(driver: Driver): void;
  /** It is gone; `error` says why, unless both sides said goodbye. */
  ended(driver: Driver, error: Error | undefined): void;
}

/**
 * One established connection: pumps road ↔ framing ↔ envelope ↔ the connection's state machine.
 * It knows no protocol; it moves bytes and performs actions.
 */
export class Driver {
  readonly peer: Peer | AnonymousPeer;
  readonly connection: Connection;
  readonly #road: Road;
  readonly #owner: DriverOwner;
  readonly #reader: FrameReader;
  readonly #writer = new FrameWriter();
  readonly #roomBytes: number;
  readonly #dialled: boolean;
  /**
   * Settles once the connection is gone, and what was sent has left or has had `lingerMs` to:
   * `undefined` after a clean goodbye.
   */
  readonly closed: Promise<Error | undefined>;
  #settleClosed!: (error: Error | undefined) => void;
  #root: Hook | undefined;
  /** How many handles of ours hold it; `undefined` for a connection nobody here asked for. */
  #handles: number | undefined;
  /** Set while a message has begun to arrive and not ended. */
  #cancelFrameTimer: (() => void) | undefined;
  #reading = false;
  #ended = false;
  #failure: Error | undefined;
  #cancelWait: (() => void) | undefined;

  /**
   * `dialled`: by us, so that it ends with our last handle. `early`: the road has yet to open, and
   * {@link Driver.takeEarly} is all that may leave.
   */
  constructor(road: Road, owner: DriverOwner, { dialled, early }: RoadState) {
    this.#road = road;
    this.#dialled = dialled;
    this.#owner = owner;
    this.peer = road.peer;
    this.#reader = new FrameReader({ maxBytes: owner.limits.messageBytes });
    this.#roomBytes = owner.limits.net.maxUnsentBytes * SHARE_OF_LARGE;
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
    this.connection = new Connection({
      turns: owner.turns,
      caller: {
        peer: road.peer,
        auth: AuthContext.ofPeer(road.peer),
        transport: metadataOf(road),
      },
      bootstrap: () => (this.#root ??= owner.bootstrap(road.peer)).retain(),
      wake: () => {
        owner.wake(this);
      },
      limits: owner.limits.rpc,
      early: early ?? false,
      nowMs: nowMs(owner.clock),
      methodName: (interfaceId, methodId) => {
        const place = methodPlace(interfaceId, methodId);
        return `${place.interface}.${place.method}`;
      },
    });
    road.start({
      room: (bytes) => this.#reader.room(bytes),
      data: (chunk) => {
        this.#receive(chunk);
      },
      ended: () => {
        this.#readAll();
        this.close(); // whatever was under way is lost: the peer will say nothing more
      },
      drain: () => {},
      left: () => {
        if (this.#ended) this.#left();
      },
      closed: (error) => {
        this.#readAll();
        this.#over(error);
        this.#left();
      },
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  hold(): void {
    this.#handles = (this.#handles ?? 0) + 1;
  }

  /**
   * Gives a handle back. A connection that we dialled says goodbye with the last handle and the
   * last reference, and one that a peer dialled is the peer's to end; when that is now, settles once
   * it is gone.
   */
  async letGo(): Promise<void> {
    this.#handles = (this.#handles ?? 1) - 1;
    this.perform();
    if (this.#ended) await this.closed;
  }

  /** Performs what the state machine has asked for since the last time. */
  perform(): void {
    this.#flush();
    if (this.#dialled && this.#handles === 0 && this.connection.idle) this.close();
  }

  /** As `Connection.takeEarlyActions`, in bytes. */
  takeEarly(everything: boolean): readonly Uint8Array[] {
    for (const action of this.connection.takeEarlyActions(everything)) this.#perform(action);
    const early = [...this.#writer.take()];
    for (const bytes of early) this.connection.bytesOut += bytes.length;
    return early;
  }

  /** The event-loop turn is over: what waited for its end happens now. */
  turnEnded(): void {
    this.connection.turnEnded();
  }

  /** Who holds what at this moment. */
  dump(options: DumpOptions): ConnectionDump {
    this.connection.nowMs = nowMs(this.#owner.clock);
    return this.connection.dump(options);
  }

  /** Says why, if it can, and goodbye once everything sent has left. Calls in flight fail. */
  close(reason?: CloseReason): void {
    this.#readAll(); // answers that are here already are heard
    if (this.#ended) return;
    this.#flush();
    this.#finish(undefined, reason);
  }

  /** What the peer said of why it leaves. */
  get closeReason(): CloseReason | undefined {
    return this.#road.closeReason;
  }

  #flush(): void {
    const actions = this.connection.takeActions();
    for (const action of actions) this.#perform(action);
    const { messages, bytes } = STRETCH;
    const isStretch = actions.length >= messages || this.#writer.byteLength >= bytes;
    this.#write();
    if (isStretch) this.#road.flush?.();
  }

  #write(): void {
    for (const bytes of this.#writer.take()) {
      this.connection.bytesOut += bytes.length;
      this.#road.write(bytes);
    }
  }

  #receive(chunk: Uint8Array): void {
    this.#readAll();
    if (this.#ended) return;
    this.connection.nowMs = nowMs(this.#owner.clock);
    this.connection.bytesIn += chunk.length;
    this.#reader.push(chunk);
    this.#readOn();
  }

  /** Reads what has arrived, a stretch at a time: in between happens what has come of it. */
  readonly #readOn = (): void => {
    this.#read(STRETCH.messages, STRETCH.bytes);
    if (!this.#ended && this.#reader.restBytes > 0) queueMicrotask(this.#readOn);
  };

  /** Reads all that has arrived, before what else happens on the road. */
  #readAll(): void {
    this.#read(Infinity, Infinity);
  }

  /** Hands up to so many messages to the connection, and none once they were so many bytes. */
  #read(messages: number, bytes: number): void {
    const reader = this.#reader;
    if (this.#ended || this.#reading || reader.restBytes === 0) return;
    const until = reader.restBytes - bytes;
    this.#reading = true;
    try {
      for (let left = messages; left > 0 && reader.restBytes > until; left -= 1) {
        const arena = reader.next(this.connection.callsUnderWay >= CROWD);
        if (arena === undefined) break;
        this.#stopFrameTimer();
        this.connection.receive(decodeMessage(arena));
      }
    } catch (error) {
      const isTheirs = error instanceof CapnpError;
      this.connection.abort(isTheirs ? brokenRule(error.message) : internalError(error));
    } finally {
      this.#reading = false;
    }
    if (reader.restBytes === 0 && reader.pendingBytes > 0) this.#startFrameTimer();
    this.#owner.wake(this);
  }

  #startFrameTimer(): void {
    const { clock, limits } = this.#owner;
    this.#cancelFrameTimer ??= clock.after(limits.frameMs, () => {
      this.connection.abort(brokenRule(`a message took more than ${limits.frameMs} ms to arrive`));
      this.#owner.wake(this);
    });
  }

  #stopFrameTimer(): void {
    this.#cancelFrameTimer?.();
    this.#cancelFrameTimer = undefined;
  }

  #perform(action: Action): void {
    if (action.is === "close") {
      this.#write();
      this.#finish(action.error);
    } else if (!this.#ended) {
      this.#add(action);
    }
  }

  /** A message that cannot be written fails one call, not the connection. */
  #add(message: Message): void {
    try {
      const encoded = encodeMessage(message);
      if (isLarge(message) && !this.#hasRoomFor(encoded.sizeWords * WORD_BYTES)) {
        const why = "the peer has yet to take what was sent before";
        this.connection.unsendable(message, RpcError.overloaded(why));
      } else {
        this.#writer.add(encoded);
      }
    } catch (error) {
      if (!(error instanceof CapnpError)) throw error;
      this.connection.unsendable(message, RpcError.failed(error.message, { cause: error }));
    }
  }

  /** What is large leaves some room for what is small; alone it may take all there is. */
  #hasRoomFor(bytes: number): boolean {
    const waiting = this.#road.bufferedBytes + this.#writer.byteLength;
    return waiting === 0 || waiting + bytes <= this.#roomBytes;
  }

  /** Nothing more is sent: says goodbye. */
  #finish(error: Error | undefined, reason?: CloseReason): void {
    if (this.#ended) return;
    this.#road.end(reason);
    this.#over(error);
    if (this.#road.bufferedBytes === 0) this.#left();
    else this.#waitNoLonger();
  }

  #over(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopFrameTimer();
    this.connection.disconnect(disconnected(error));
    this.#root?.release();
    this.#root = undefined;
    this.#failure = error;
    this.#owner.ended(this, error);
  }

  /** All that we had to say has left, or never will; or nobody is to wait for it any longer. */
  #left(): void {
    this.#cancelWait?.();
    this.#settleClosed(this.#failure);
  }

  /** The road goes on until all has left, or its own limits end it; whoever waits does not. */
  #waitNoLonger(): void {
    const { clock, limits } = this.#owner;
    this.#cancelWait = clock.after(limits.net.lingerMs, () => {
      this.#left();
    });
  }
}

/**
 * What has arrived is read so many messages at a stretch, or so many bytes where they are large, and
 * what has come of as much leaves before the turn is over: so the peer works on the first while we
 * go on with the rest. Ours, measured: half of it costs more in system calls than is won, and twice
 * as much leaves one end idle while the other is busy.
 */
const STRETCH = { messages: 24, bytes: 16 * 1024 } as const;

/**
 * Of a peer with this many calls under way, messages no longer keep the 64 KiB alive that they came
 * with: as many bytes as `maxCallWords` allows their parameters.
 */
const CROWD = 512;

/** The part of a road's buffer that calls and results may fill. Ours. */
const SHARE_OF_LARGE = 15 / 16;

/** Messages that are as large as the application makes them; all others take a few words. */
function isLarge(message: Message): boolean {
  return message.is === "call" || (message.is === "return" && message.outcome.is === "results");
}

/** Whole milliseconds: small integers cost nothing to keep with every call. */
function nowMs(clock: Clock): number {
  return Math.trunc(clock.now());
}

function metadataOf({ peer, suite }: Road): TransportMetadata {
  return Object.freeze({ remoteAddress: peer.address, transport: peer.transport, suite });
}

function brokenRule(message: string): RpcError {
  return RpcError.failed(message, { code: "PROTOCOL", blame: "peer" });
}

function internalError(cause: unknown): RpcError {
  return RpcError.failed("internal error", { cause });
}

function disconnected(cause: Error | undefined): RpcError {
  if (cause instanceof RpcError) return cause;
  if (cause === undefined) return RpcError.disconnected("the connection was closed");
  // Methods pass such errors on to their callers, so hosts and ports stay in the cause.
  const code = cause instanceof HandfastError ? ` (${cause.code})` : "";
  return RpcError.disconnected(`the connection is gone${code}`, { cause });
}
