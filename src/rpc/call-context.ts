import { type AnonymousPeer, type AuthContext, type Logger, type Peer } from "../base/index.ts";
import { type CallStatistics } from "./call-statistics.ts";

/**
 * The second argument of every method: who calls, and what the call may do besides returning.
 * `Results` is the builder of the method's results, `Init` their plain-object form.
 */
export interface CallContext<Results = unknown, Init = object> {
  /** Who sent this call: for the audit. The vat itself when the call is local. */
  readonly peer: Peer | AnonymousPeer;
  /** What the called capability was minted with: authorise on this. */
  readonly auth: AuthContext;
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
   * Hands the call over: the results of `method` on `target` become the results of this call, and
   * travel straight to the caller. Return what it returns.
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
