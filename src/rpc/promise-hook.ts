import { BrokenHook } from "./broken-hook.ts";
import { CallResults } from "./call-results.ts";
import { cycle } from "./exception.ts";
import { type RpcError } from "./exception.ts";
import { ForwardingHook } from "./forwarding-hook.ts";
import { type Hook, type Payload, type Request, type Results } from "./hook.ts";
import { type Path } from "./messages.ts";
import { PathMap, tooManyPaths } from "./path-map.ts";
import { capabilityIn, releaseCaps } from "./payload.ts";
import { type TurnQueue } from "./turn-queue.ts";

/**
 * A capability that is not known yet. Calls wait in it and go on, in their order, the moment it is.
 *
 *   waiting    calls queue              `resolve` or `break` ends it, once
 *   resolving  the queue goes on        calls made meanwhile join it at the end
 *   resolved   calls go straight to what it has become
 *
 * Invariant: no call passes one that was made before it. A waiting call holds the promise, so
 * nothing is lost when everybody else lets go.
 */
export class PromiseHook extends ForwardingHook {
  readonly turns: TurnQueue;
  #is: "waiting" | "resolving" | "resolved" = "waiting";
  #queue: QueuedCall[] | undefined;

  constructor(turns: TurnQueue) {
    super();
    this.turns = turns;
  }

  call(request: Request): Results {
    if (this.to !== undefined) return this.to.call(request);
    const call = new QueuedCall(this, request);
    (this.#queue ??= []).push(call);
    return call;
  }

  /** Becomes `hook`, whose reference it takes over. Later resolutions are ignored. */
  resolve(hook: Hook): void {
    if (this.#is !== "waiting" || this.references === 0) {
      hook.release();
      return;
    }
    this.retain(); // the waiting calls may be the last to hold it
    this.#is = "resolving";
    const target = this.awaitedBy(hook) ? new BrokenHook(this.turns, cycle()) : hook.resolved();
    for (let index = 0; index < (this.#queue?.length ?? 0); index += 1) {
      this.#queue?.[index]?.goOn(target);
    }
    this.#queue = undefined;
    this.#is = "resolved";
    if (target instanceof BrokenHook) {
      hook.release();
      this.become(target);
    } else {
      this.become(hook);
    }
    this.becameResolved();
    this.release();
  }

  /** Becomes broken: the waiting calls fail, and every later one. */
  break(error: RpcError): void {
    this.resolve(new BrokenHook(this.turns, error));
  }

  /** A waiting call was given up. */
  forget(call: QueuedCall): void {
    if (this.#is !== "waiting") return; // it is on its way
    const index = this.#queue?.indexOf(call) ?? -1;
    if (index >= 0) this.#queue?.splice(index, 1);
  }

  /** For promises that hold something only until they are resolved. */
  protected becameResolved(): void {
    // a plain promise holds nothing
  }
}

/**
 * Results whose pipelined hooks are promises in this vat: those of a call that waits, and those of
 * a call at a local object. One promise per path, while it is held.
 */
export abstract class LocalResults extends CallResults {
  #pipelines: PathMap<PipelinedPromise> | undefined;

  /** What the call itself waits for. */
  get waitsFor(): Hook | undefined {
    return undefined;
  }

  protected pendingPipeline(path: Path): Hook {
    const pipelines = (this.#pipelines ??= new PathMap());
    const known = pipelines.get(path);
    if (known !== undefined) return known.retain();
    if (pipelines.full) return new BrokenHook(this.turns, tooManyPaths());
    const promise = new PipelinedPromise(this, path);
    pipelines.set(path, promise);
    return promise;
  }

  /** A pipelined hook was let go before it was resolved. */
  forgetPipeline(promise: PipelinedPromise): void {
    this.#pipelines?.delete(promise.path);
  }

  /** The pipelined calls go first: what they overtake must not overtake them. */
  protected override settleReturned(payload: Payload): void {
    this.retain();
    this.resolvePipelines((path) => capabilityIn(payload, path, this.turns));
    super.settleReturned(payload);
    this.release();
  }

  protected override settleFailed(error: RpcError): void {
    this.retain();
    this.resolvePipelines(() => new BrokenHook(this.turns, error));
    super.settleFailed(error);
    this.release();
  }

  /** What is pipelined moves on with all that waits in it, so that a long chain is not made anew. */
  protected override forwardTo(results: Results): void {
    this.retain();
    const pipelines = this.#pipelines;
    this.#pipelines = undefined;
    for (const promise of pipelines ?? []) {
      if (results instanceof LocalResults && results.#adopt(promise)) continue;
      promise.resolve(results.pipeline(promise.path));
    }
    super.forwardTo(results);
    this.release();
  }

  /** Makes it a promise of these results, if they can have it. */
  #adopt(promise: PipelinedPromise): boolean {
    const pipelines = (this.#pipelines ??= new PathMap());
    const { path } = promise;
    if (!this.open || pipelines.full || pipelines.get(path) !== undefined) return false;
    if (promise.references === 0) return true; // let go meanwhile
    if (!promise.moveTo(this)) return false;
    pipelines.set(path, promise);
    return true;
  }

  protected resolvePipelines(resolution: (path: Path) => Hook): void {
    const pipelines = this.#pipelines;
    this.#pipelines = undefined;
    if (pipelines === undefined) return;
    for (const promise of pipelines) promise.resolve(resolution(promise.path));
  }
}

/** A capability in results that are not there yet; until they are, it holds the call. */
class PipelinedPromise extends PromiseHook {
  readonly path: Path;
  #results: LocalResults | undefined;

  constructor(results: LocalResults, path: Path) {
    super(results.turns);
    this.path = path;
    this.#results = results.retain();
  }

  override get waitsFor(): Hook | undefined {
    return this.#results?.waitsFor;
  }

  /** Stands for the same capability in results that replace its own, unless those wait for it. */
  moveTo(results: LocalResults): boolean {
    const { waitsFor } = results;
    if (waitsFor !== undefined && this.awaitedBy(waitsFor)) return false;
    const left = this.#results;
    this.#results = results.retain();
    left?.release();
    return true;
  }

  protected override becameResolved(): void {
    const results = this.#results;
    this.#results = undefined;
    results?.release();
  }

  protected override unreferenced(): void {
    super.unreferenced();
    this.#results?.forgetPipeline(this);
    this.becameResolved();
  }
}

/** A call that waits for its target. */
class QueuedCall extends LocalResults {
  #waiting: { readonly at: PromiseHook; readonly request: Request } | undefined;

  constructor(at: PromiseHook, request: Request) {
    super(at.turns);
    this.#waiting = { at: at.retain(), request };
  }

  override get waitsFor(): Hook | undefined {
    return this.#waiting?.at;
  }

  /** The target is known. */
  goOn(target: Hook): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.forwardTo(target.call(waiting.request));
    waiting.at.release();
  }

  protected abandoned(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    releaseCaps(waiting.request.params);
    waiting.at.forget(this);
    waiting.at.release();
  }
}
