import {
  type AnonymousPeer,
  type AuthContext,
  type Peer,
  type TransportMetadata,
} from "../base/index.ts";
import { type CallStatistics } from "./call-statistics.ts";
import { type RpcError } from "./exception.ts";
import { type Content, type Path } from "./messages.ts";
import { type TraceContext } from "./trace-context.ts";
import { type TurnQueue } from "./turn-queue.ts";

/** A struct with the capabilities it refers to. It owns one reference to each of them. */
export interface Payload {
  readonly content: Content;
  /** By index in the capability table; `undefined` is a null capability. */
  readonly caps: readonly (Hook | undefined)[];
}

/** On whose behalf a call arrives: a peer, or this vat itself (`transport: "local"`). */
export interface Caller {
  readonly peer: Peer | AnonymousPeer;
  /** What the called reference was minted with, else what the peer itself has proven. */
  readonly auth: AuthContext;
  /** Absent for a call that did not come by a road. */
  readonly transport?: TransportMetadata | undefined;
  /** The reference that was called, when it was minted. */
  readonly mint?: Mint | undefined;
}

/** What is known of a minted reference. */
export interface Mint {
  /** For people: shown in dumps and logs. */
  readonly label: string | undefined;
  readonly auth: AuthContext;
  /** Milliseconds since 1970, UTC. */
  readonly expiresAtMs: number | undefined;
}

export interface Request {
  readonly interfaceId: bigint;
  readonly methodId: number;
  /** Ownership passes to the hook that is called, whatever becomes of the call. */
  readonly params: Payload;
  /** Absent for a call that this vat makes on its own account. */
  readonly caller?: Caller | undefined;
  /** Nobody will look at the results, only call what they contain (Call.onlyPromisePipeline). */
  readonly onlyPipeline?: boolean | undefined;
  /** The trace that the call belongs to; it goes wherever the call is passed on to. */
  readonly trace?: TraceContext | undefined;
  /** A method declared `-> stream`: its caller is paced, and no call is ever taken back. */
  readonly streaming?: boolean | undefined;
  /** The parameters are credentials: they are shown to nobody who has not proven its key. */
  readonly credential?: boolean | undefined;
  /**
   * Where the results go on to: when the call itself goes out there, they need not come back
   * (Call.sendResultsTo.yourself). Only connections set and compare it.
   */
  readonly returnTo?: object | undefined;
}

/**
 * A capability, wherever it lives: a local object, an import, a promise of either, a broken one.
 * References are counted: whoever is handed a hook holds one, and `release`s it once.
 */
export abstract class Hook {
  /** The vat this hook belongs to. */
  abstract readonly turns: TurnQueue;

  /** For people: shown in dumps and logs. */
  get label(): string | undefined {
    return undefined;
  }

  /**
   * Makes the call; never throws. The caller holds one reference to the results and releases it.
   * Calls through one hook arrive in the order they were made (E-order).
   */
  abstract call(request: Request): Results;

  /** The hook this one has become, followed to the end; itself while it has become nothing else. */
  abstract resolved(): Hook;

  /** `false` for a promise that has become nothing yet. */
  abstract readonly settled: boolean;

  /**
   * Calls back once it has become another hook, perhaps a promise again, or broken. A local object
   * and a broken hook never call back; a settled import does when its connection is lost. The
   * function returned takes the callback back.
   */
  abstract whenResolved(callback: (resolution: Hook) => void): () => void;

  /** Set on a broken hook: what every call through it fails with. */
  abstract readonly broken: RpcError | undefined;

  abstract retain(): this;
  abstract release(): void;
}

/** The outcome of a call, for the one who awaits it. */
export interface ResultsSink {
  /** Ownership of the payload passes to the sink. */
  returned(results: Payload): void;
  failed(error: RpcError): void;
  /** It has ended unheard: nobody held it any more, or it had failed before because it was cancelled. */
  forgotten?(): void;
  /** Of a sink that sends the results on: where to, as in {@link Request.returnTo}. */
  readonly returnTo?: object | undefined;
  /** The call went out with `returnTo`, and the peer keeps its results under this question id. */
  keptByPeer?(questionId: number): void;
}

/**
 * The results of a call, perhaps not there yet (rpc.capnp PromisedAnswer). References are counted,
 * and each pipelined hook that is still unresolved holds one; when the last goes before the call
 * has returned, the call is cancelled (Finish).
 */
export abstract class Results {
  /**
   * The capability at `path` in the results, usable at once. One hook per path, so that order is
   * kept however often it is asked for; each asking gets a reference of its own.
   */
  abstract pipeline(path: Path): Hook;

  /** Calls back when the call has returned; at most one sink, and it holds no reference. */
  abstract whenReturned(sink: ResultsSink): void;

  /** Whether a call in this vat still has to bring them. */
  get pending(): boolean {
    return false;
  }

  /** Ends a call in this vat although others hold its results: whoever asked for it is gone. */
  cancel(_error: RpcError): void {
    // nothing in this vat is under way
  }

  abstract retain(): this;
  abstract release(): void;
}

/**
 * A call that has arrived at a local object. Exactly one of its outcomes takes effect, and one is due
 * even when it was canceled: until then the call counts among those that its caller has under way.
 */
export interface IncomingCall {
  readonly interfaceId: bigint;
  readonly methodId: number;
  /** Owned by the call: released when it ends, unless retained. */
  readonly params: Payload;
  readonly caller: Caller | undefined;
  readonly trace: TraceContext | undefined;

  /** Ownership of the payload passes. Ignored after any other outcome, or a cancellation. */
  returns(results: Payload): void;
  throws(error: RpcError): void;
  /** Becomes the call on `target`: its results are this call's results. */
  tailCall(target: Pick<Hook, "call">, request: Request, ended?: TailEnded): void;
  /** Lets pipelined calls go on before the results are there (C++ `setPipeline`). */
  setPipeline(pipeline: Payload): void;

  readonly canceled: boolean;
  /** What ended it when nobody let go of it, such as that its reference was revoked. */
  readonly canceledBy?: RpcError | undefined;
  /** Calls back once when the caller gives up or is gone; never after an outcome. */
  onCanceled(callback: () => void): void;
}

/**
 * How a tail call ended; not asked when it was never made. The results are on their way: they may be
 * looked at. They are undefined, too, when they never came here.
 */
export type TailEnded = (
  error: RpcError | undefined,
  results: Payload | undefined,
  forgotten?: boolean,
) => void;

/** What a local object is to the core. */
export interface Servant {
  /** Runs in a turn of its own; must not throw. */
  deliver(call: IncomingCall): void;
  /** The last reference is gone. */
  dropped(): void;
  /** What its calls have cost, where that is counted. */
  readonly statistics?: CallStatistics | undefined;
}
