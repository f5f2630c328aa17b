import { type RpcError } from "./exception.ts";
import {
  type Caller,
  type Hook,
  type IncomingCall,
  type Payload,
  type Request,
  type Servant,
  type TailEnded,
} from "./hook.ts";
import { type Path } from "./messages.ts";
import { releaseCaps } from "./payload.ts";
import { LocalResults } from "./promise-hook.ts";
import { SetPipeline } from "./set-pipeline.ts";
import { TailResults } from "./tail-results.ts";
import { type TraceContext } from "./trace-context.ts";
import { type Turn, type TurnQueue } from "./turn-queue.ts";

/** What a call needs of the object it is made on. */
export interface CalledObject {
  readonly turns: TurnQueue;
  readonly servant: Servant;
  retain(): this;
  release(): void;
}

/**
 * A call at a local object: its turn, what the object is handed, and its results, in one.
 *
 *   queued     waits for its turn        the turn: running; the last release: ended
 *   running    the object has it         an outcome: ended; the last release: canceled
 *   canceled   the object will be told,  in a turn of its own, so never inside another call: told
 *   told       it need not go on         an outcome, which nobody hears: ended
 *   ended      later outcomes are dropped
 *
 * Invariant: the parameters and a reference to the object are held exactly until `told` or `ended`;
 * and the call is pending until `ended`, for a method that takes no notice costs what it did before.
 */
export class LocalCall extends LocalResults implements Turn, IncomingCall {
  readonly #object: CalledObject;
  readonly #request: Request;
  #is: "queued" | "running" | "canceled" | "told" | "ended" = "queued";
  #canceled = false;
  #canceledBy: RpcError | undefined;
  #pipeline: SetPipeline | undefined;
  #onCanceled: (() => void) | undefined;

  constructor(object: CalledObject, request: Request) {
    super(object.turns);
    this.#object = object.retain();
    this.#request = request;
  }

  get interfaceId(): bigint {
    return this.#request.interfaceId;
  }

  get methodId(): number {
    return this.#request.methodId;
  }

  get params(): Payload {
    return this.#request.params;
  }

  get caller(): Caller | undefined {
    return this.#request.caller;
  }

  get trace(): TraceContext | undefined {
    return this.#request.trace;
  }

  get canceled(): boolean {
    return this.#canceled;
  }

  get canceledBy(): RpcError | undefined {
    return this.#canceledBy;
  }

  override cancel(error: RpcError): void {
    this.#canceledBy = error;
    super.cancel(error);
  }

  onCanceled(callback: () => void): void {
    this.#onCanceled = callback;
  }

  run(): void {
    if (this.#is === "queued") {
      this.#is = "running";
      this.#object.servant.deliver(this);
    } else if (this.#is === "canceled") {
      this.#is = "told";
      this.#onCanceled?.();
      this.#letGo();
    }
  }

  returns(results: Payload): void {
    if (this.#is === "running" && this.open) {
      this.settleReturned(this.#pipeline?.reconcile(results) ?? results);
      this.#end();
    } else {
      releaseCaps(results);
      this.#endUnheard();
    }
  }

  throws(error: RpcError): void {
    if (this.#is === "running") {
      this.settleFailed(error);
      this.#end();
    } else {
      this.#endUnheard();
    }
  }

  tailCall(target: Pick<Hook, "call">, request: Request, ended?: TailEnded): void {
    if (this.#is === "running") {
      const returnTo = this.sinkReturnsTo;
      const tail = target.call(returnTo === undefined ? request : { ...request, returnTo });
      this.forwardTo(new TailResults(tail, ended));
      this.#end();
    } else {
      releaseCaps(request.params);
      this.#endUnheard();
    }
  }

  setPipeline(pipeline: Payload): void {
    if (this.#is !== "running" || this.#pipeline !== undefined) {
      releaseCaps(pipeline);
      return;
    }
    const set = new SetPipeline(pipeline, this.turns);
    this.#pipeline = set;
    this.retain(); // the pipelined hooks may be the last to hold the call
    this.resolvePipelines((path) => set.pipeline(path));
    this.release();
  }

  override get pending(): boolean {
    return super.pending || this.#is === "canceled" || this.#is === "told";
  }

  protected override pendingPipeline(path: Path): Hook {
    return this.#pipeline?.pipeline(path) ?? super.pendingPipeline(path);
  }

  protected abandoned(): void {
    this.#canceled = true;
    if (this.#is === "queued") this.#end();
    else if (this.#is === "running") {
      this.#is = "canceled";
      this.turns.push(this);
    }
  }

  #end(): void {
    this.#is = "ended";
    this.#letGo();
  }

  /** The outcome of a call that was given up. */
  #endUnheard(): void {
    if (this.#is === "told") this.#is = "ended";
    else if (this.#is === "canceled") this.#end();
    else return;
    this.tellForgotten();
  }

  #letGo(): void {
    this.#onCanceled = undefined;
    this.#pipeline?.release();
    this.#pipeline = undefined;
    releaseCaps(this.#request.params);
    this.#object.release();
  }
}
