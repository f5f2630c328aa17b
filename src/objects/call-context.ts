import {
  type AnonymousPeer,
  type AuthContext,
  type Logger,
  type Peer,
  type TransportMetadata,
} from "../base/index.ts";
import { type CallStatistics } from "../rpc/index.ts";
import { type Client, type InterfaceType, type Servable } from "../capnp/index.ts";
import { type MintOptions } from "./mint.ts";

/**
 * The second argument of every method: who calls, and what the call may do besides returning.
 * `Results` is the builder of the method's results, `Init` their plain-object form.
 */
export interface CallContext<Results = unknown, Init = object> {
  /** Who sent this call: for the audit. The vat itself when the call is local. */
  readonly peer: Peer | AnonymousPeer;
  /** What the called capability was minted with: authorise on this. */
  readonly auth: AuthContext;
  /**
   * How the call came. There is no name of the caller's program in it: neither the handshake nor
   * rpc.capnp has a place for one, so a program that wants it makes it a parameter.
   */
  readonly transportMetadata: TransportMetadata;
  /** What the called reference is called in dumps and logs: as minted, else its interface. */
  readonly label: string;
  /**
   * When the called reference expires, which ends the call too. A caller's `timeoutMs` does not
   * travel; when it has run out, `signal` aborts.
   */
  readonly deadline: Date | undefined;
  /** Aborts when the caller sends Finish, drops its handle, or its connection dies. */
  readonly signal: AbortSignal;
  /** Unique among the calls of this process; it is in every log line about the call. */
  readonly requestId: string;
  /** The interface's full name, such as `library.capnp:Desk`. */
  readonly interface: string;
  readonly method: string;
  /** The vat's logger; every line says which call it is about, and no field of yours hides that. */
  readonly logger: Logger;
  /** What the call has cost so far; of its answer, the bytes and capabilities of results. */
  readonly stats: CallStatistics;
  /**
   * A line for the operator of whoever sent this call, if they asked for such lines when they
   * connected. Never waits and never throws: what they do not take in time is dropped, and counted.
   */
  clientLog(level: keyof Logger, message: string, extra?: object): void;
  /** The results in the outgoing message: fill them and return them when speed matters. */
  readonly results: Results;
  /** Capabilities that pipelined calls may use before the method returns. At most once a call. */
  setPipeline(results: Init): void;
  /**
   * A reference to an object, on terms of its own: an authority, an end, a label. By default it has
   * the authority of this call. It lives until the call returns: what is to hold it is what the
   * method returns, or a `dup()`.
   */
  mint<C extends Client, S extends Servable>(
    type: InterfaceType<C, S>,
    object: C | S,
    options?: MintOptions<C>,
  ): C;
  /**
   * Hands the call over: the results of `method` on `target` become the results of this call, and
   * nothing of this one is kept for them. They come by way of this vat. Return what it returns.
   */
  tailCall<C extends object, M extends keyof C & string>(
    target: C,
    method: M,
    ...params: ParamsOf<C[M]>
  ): PromiseLike<never>;
}

type ParamsOf<M> = M extends (...args: infer A) => unknown
  ? A extends readonly [(infer P)?, ...unknown[]]
    ? [params: P]
    : []
  : never;
