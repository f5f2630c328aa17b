import { type Address } from "./address.ts";

/** An implementation of calls between two processes, as the suites drive it. */
export interface RpcPeer {
  /** Serves the object of `bench.capnp`, or what comes next to it; resolves once it listens. */
  serve(): Promise<Address>;
  connect(address: Address): Promise<RpcClient>;
}

/**
 * One connection. What the implementation has no means for is absent; what it offers, its client
 * does as a program written for it would.
 */
export interface RpcClient {
  echo(payload: Uint8Array): PromiseLike<{ readonly payload: Uint8Array }>;
  /** Rejects, by the server's will. */
  fail(): PromiseLike<unknown>;
  /**
   * So many calls, each on the object that the one before returned, the last of them an echo:
   * made all at once, or each when the one before has returned.
   */
  chain?(links: number, pipelined: boolean): Promise<void>;
  take?(payload: Uint8Array): PromiseLike<unknown>;
  give?(bytes: number): PromiseLike<{ readonly payload: Uint8Array }>;
  /** Streams until it is told to stop. Resolves, once all has arrived, with how many bytes did. */
  stream?(chunk: Uint8Array, goOn: () => boolean): Promise<number>;
  /** Sends a reference to an object of ours; the server forgets it. */
  pass?(): PromiseLike<unknown>;
  /** Sends a reference to an object of ours, which the server calls before it answers. */
  callBack?(): PromiseLike<unknown>;
  /** Gets a reference to a new object, and gives it back. */
  getAndRelease?(): PromiseLike<unknown>;
  /** Gets references to so many new objects, and keeps them. */
  hold?(count: number): Promise<void>;
  close(): void | Promise<void>;
}
