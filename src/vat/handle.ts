import { type AnonymousPeer, HandfastError, type Peer } from "../base/index.ts";
import { type Client, type InterfaceType } from "../capnp/index.ts";
import { clientOfHook } from "../objects/index.ts";
import { BrokenHook, type Hook, PromiseHook, RpcError, type TurnQueue } from "../rpc/index.ts";
import { type CloseReason } from "../shs/index.ts";
import { type Connection } from "./contract.ts";
import { type Driver } from "./driver.ts";
import { VatError } from "./error.ts";

/** A connection on its way, as one `connect()` sees it. */
export interface Arrival {
  /** Rejects when there will be no connection. */
  readonly driver: Promise<Driver>;
  /** This `connect()` no longer waits. */
  abandon(): void;
  /** Calls back, at most once and before `driver` settles, when calls may go out early. */
  readonly whenEarly?: ((callback: (driver: Driver) => void) => void) | undefined;
}

/**
 * One `connect()`: a hold on a connection that may still be on its way. What is asked before it is
 * there waits in promises, in order.
 *
 *   waiting → held → released      `close` also goes from waiting to released
 *   waiting → failed
 */
export class Handle implements Connection {
  readonly ready: Promise<Peer | AnonymousPeer>;
  readonly closed: Promise<Error | undefined>;
  readonly #turns: TurnQueue;
  readonly #arrival: Arrival;
  #driver: Driver | undefined;
  /** What else ends when the handle is closed. */
  onClosing: (() => void) | undefined;
  #released = false;

  constructor(turns: TurnQueue, arrival: Arrival) {
    this.#turns = turns;
    this.#arrival = arrival;
    const held = arrival.driver.then((driver) => {
      driver.hold();
      if (this.#released) {
        void driver.letGo(); // closed while it arrived
        throw closedHandle();
      }
      return (this.#driver = driver);
    });
    this.ready = held.then(({ peer }) => peer);
    this.closed = this.ready.then(
      () => held.then(({ closed }) => closed),
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
  }

  get closeReason(): CloseReason | undefined {
    return this.#driver?.closeReason;
  }

  bootstrap<C extends Client>(type: InterfaceType<C>): C {
    return clientOfHook<InterfaceType<C>>(type, this.#root());
  }

  async close(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.onClosing?.();
    if (this.#driver === undefined) this.#arrival.abandon();
    else await this.#driver.letGo();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #root(): Hook {
    if (this.#released) return new BrokenHook(this.#turns, noConnection(closedHandle()));
    if (this.#driver !== undefined) return this.#driver.connection.bootstrap();
    const promise = new PromiseHook(this.#turns);
    const settle = promise.retain();
    let wasEarly = false;
    this.#arrival.whenEarly?.((driver) => {
      if (this.#released) return;
      wasEarly = true;
      settle.resolve(driver.connection.bootstrap());
    });
    this.ready
      .then(
        () => {
          if (wasEarly) return;
          if (this.#driver !== undefined) settle.resolve(this.#driver.connection.bootstrap());
        },
        (error: unknown) => {
          settle.break(noConnection(error));
        },
      )
      .finally(() => {
        settle.release();
      });
    return promise;
  }
}

function closedHandle(): VatError {
  return new VatError("CLOSED", "this connection was closed");
}

function noConnection(cause: unknown): RpcError {
  // Methods pass such errors on to their callers, so hosts and ports stay in the cause.
  const code = cause instanceof HandfastError ? ` (${cause.code})` : "";
  return RpcError.disconnected(`there is no connection to the peer${code}`, {
    executed: "no",
    cause,
  });
}
