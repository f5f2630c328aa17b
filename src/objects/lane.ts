import { type AnonymousPeer, type Peer } from "../base/index.ts";
import { type IncomingCall, type Mint, type RpcError } from "../rpc/index.ts";
import { cancellation } from "./given-up.ts";
import { Entrance } from "./interceptor.ts";

/**
 * The calls of one caller at one object. They keep their order, and wait for nobody else's: a caller
 * that is slow, or whose stream is broken, is so for itself.
 */
export class Lane {
  readonly peer: Peer | AnonymousPeer;
  /** The reference it calls, when that was minted. */
  readonly mint: Mint | undefined;
  /** Where interceptors hold its calls up. */
  readonly entrance = new Entrance();
  /** What its first streaming call that failed failed with: all that follow fail so. */
  broken: RpcError | undefined;
  /** What came behind the streaming call that runs. */
  #waiting: Set<() => void> | undefined;
  #streaming = false;
  #goingOn = false;

  constructor(peer: Peer | AnonymousPeer, mint: Mint | undefined) {
    this.peer = peer;
    this.mint = mint;
  }

  /** Whether a streaming call runs, so that what comes now is to wait. */
  get streaming(): boolean {
    return this.#streaming;
  }

  /** Has `call` started when what came before it is over; until then it may be given up. */
  wait(call: Waiting, start: () => void): void {
    const waiting = (this.#waiting ??= new Set());
    const begin = (): void => {
      if (call.canceled) call.throws(cancellation(call));
      else start();
    };
    waiting.add(begin);
    call.onCanceled(() => {
      if (waiting.delete(begin)) call.throws(cancellation(call));
    });
  }

  /** A streaming call begins; the function returned is to be told how it ended. */
  stream(call: { readonly canceled: boolean }): (error: RpcError | undefined) => void {
    this.#streaming = true;
    let over = false;
    return (error) => {
      if (over) return;
      over = true;
      this.#streaming = false;
      if (!call.canceled) this.broken ??= error;
      this.#goOn();
    };
  }

  /** Up to and including the next streaming call, which goes on from here when it ends. */
  #goOn(): void {
    if (this.#goingOn || this.#waiting === undefined) return; // it was started, and ended, below
    this.#goingOn = true;
    for (const begin of this.#waiting) {
      if (this.#streaming) break;
      this.#waiting.delete(begin);
      begin();
    }
    this.#goingOn = false;
  }
}

/** What matters of a call that waits. */
type Waiting = Pick<IncomingCall, "canceled" | "canceledBy" | "onCanceled" | "throws">;

/** The lanes of one object: one for each connection, and each minted reference it calls through. */
export class Lanes {
  /** Most objects have one caller, and need no table. */
  #latest: Lane | undefined;
  /** By peer, which is an object of its own for each connection, and by mint. Dead callers leave. */
  readonly #direct = new WeakMap<Lane["peer"], Lane>();
  readonly #minted = new WeakMap<Mint, WeakMap<Lane["peer"], Lane>>();

  of(peer: Lane["peer"], mint: Mint | undefined): Lane {
    const latest = this.#latest;
    if (latest?.peer === peer && latest.mint === mint) return latest;
    if (latest !== undefined) this.#tableOf(latest.mint).set(latest.peer, latest);
    return (this.#latest = this.#tableOf(mint).get(peer) ?? new Lane(peer, mint));
  }

  #tableOf(mint: Mint | undefined): WeakMap<Lane["peer"], Lane> {
    if (mint === undefined) return this.#direct;
    const known = this.#minted.get(mint);
    if (known !== undefined) return known;
    const table = new WeakMap<Lane["peer"], Lane>();
    this.#minted.set(mint, table);
    return table;
  }
}
