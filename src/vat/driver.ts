import { type AnonymousPeer, AuthContext, type Peer } from "../base/index.ts";
import {
  CapnpError,
  decodeMessage,
  encodeMessage,
  FrameReader,
  FrameWriter,
} from "../capnp/index.ts";
import { type SecureSocket } from "../net/index.ts";
import { type Action, Connection, type Hook, RpcError, type TurnQueue } from "../rpc/index.ts";

/** What a driver needs of its vat. */
export interface DriverOwner {
  readonly turns: TurnQueue;
  /** Makes the root for the peer, at its first asking; the reference is the driver's. */
  bootstrap(peer: Peer | AnonymousPeer): Hook;
  /** It has something to do once the current turn is over. */
  wake(driver: Driver): void;
  /** It is gone; `error` says why, unless both sides said goodbye. */
  ended(driver: Driver, error: Error | undefined): void;
}

/**
 * One established connection: pumps socket ↔ framing ↔ envelope ↔ the connection's state machine.
 * It knows no protocol; it moves bytes and performs actions.
 */
export class Driver {
  readonly peer: Peer | AnonymousPeer;
  readonly connection: Connection;
  readonly #socket: SecureSocket;
  readonly #owner: DriverOwner;
  readonly #reader = new FrameReader();
  readonly #writer = new FrameWriter();
  /** Settles once the connection is gone: `undefined` after a clean goodbye. */
  readonly closed: Promise<Error | undefined>;
  #settleClosed!: (error: Error | undefined) => void;
  #root: Hook | undefined;
  /** How many handles of ours hold it; `undefined` for a connection nobody here asked for. */
  #handles: number | undefined;
  #ended = false;

  constructor(socket: SecureSocket, owner: DriverOwner) {
    this.#socket = socket;
    this.#owner = owner;
    this.peer = socket.peer;
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
    this.connection = new Connection({
      turns: owner.turns,
      caller: { peer: socket.peer, auth: AuthContext.ofPeer(socket.peer) },
      bootstrap: () => (this.#root ??= owner.bootstrap(socket.peer)).retain(),
      wake: () => {
        owner.wake(this);
      },
    });
    socket.start({
      data: (chunk) => {
        this.#receive(chunk);
      },
      ended: () => {
        this.close(); // whatever was under way is lost: the peer will say nothing more
      },
      drain: () => {},
      closed: (error) => {
        this.#over(error);
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
   * last reference; when that is now, settles once it is gone.
   */
  async letGo(): Promise<void> {
    this.#handles = (this.#handles ?? 1) - 1;
    this.perform();
    if (this.#ended) await this.closed;
  }

  /** Performs what the state machine has asked for since the last time. */
  perform(): void {
    for (const action of this.connection.takeActions()) this.#perform(action);
    this.#send();
    if (this.#handles === 0 && this.connection.idle) this.close();
  }

  /** The event-loop turn is over: what waited for its end happens now. */
  turnEnded(): void {
    this.connection.turnEnded();
  }

  /** Says goodbye once everything sent has left. Calls in flight fail. */
  close(): void {
    if (this.#ended) return;
    this.#socket.end();
    this.#over(undefined);
  }

  #send(): void {
    for (const bytes of this.#writer.take()) this.#socket.write(bytes);
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#reader.push(chunk);
      for (
        let message = this.#reader.next();
        message !== undefined;
        message = this.#reader.next()
      ) {
        this.connection.receive(decodeMessage(message));
      }
    } catch (error) {
      if (!(error instanceof CapnpError)) throw error;
      this.connection.abort(RpcError.failed(error.message, { code: "PROTOCOL", blame: "peer" }));
    }
    this.#owner.wake(this);
  }

  #perform(action: Action): void {
    switch (action.do) {
      case "send":
        if (!this.#ended) this.#writer.add(encodeMessage(action.message));
        break;
      case "close":
        this.#finish(action.error);
        break;
      default:
        action satisfies never;
    }
  }

  /** The state machine wants no more of this connection. */
  #finish(error: Error | undefined): void {
    if (this.#ended) return;
    this.#send();
    this.#socket.end();
    this.#over(error);
  }

  #over(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.connection.disconnect(disconnected(error));
    this.#root?.release();
    this.#root = undefined;
    this.#settleClosed(error);
    this.#owner.ended(this, error);
  }
}

function disconnected(cause: Error | undefined): RpcError {
  if (cause instanceof RpcError) return cause;
  const why =
    cause === undefined ? "the connection was closed" : `the connection is gone: ${cause.message}`;
  return RpcError.disconnected(why, { cause });
}
