import { BrokenHook } from "./broken-hook.ts";
import { CallResults } from "./call-results.ts";
import { CountedHook } from "./counted-hook.ts";
import { RpcError } from "./exception.ts";
import { type Hook, type Payload, type Request, type Results } from "./hook.ts";
import { type Path } from "./messages.ts";
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
export class PromiseHook extends CountedHook {
  readonly turns: TurnQueue;
  #state: State = { is: "waiting" };
  #queue: QueuedCall[] | undefined;
  #callbacks: Set<(resolution: Hook) => void> | undefined;

  constructor(turns: TurnQueue) {
    super();
    this.turns = turns;
  }

  call(request: Request): Results {
    const state = this.#state;
    if (state.is === "resolved") return state.to.call(request);
    const call = new QueuedCall(this, request);
    (this.#queue ??= []).push(call);
    return call;
  }

  resolved(): Hook {
    const state = this.#state;
    return state.is === "resolved" ? state.to.resolved() : this;
  }

  get settled(): boolean {
    const state = this.#state;
    return state.is === "resolved" && state.to.settled;
  }

  get broken(): RpcError | undefined {
    const state = this.#state;
    return state.is === "resolved" ? state.to.broken : undefined;
  }

  whenResolved(callback: (resolution: Hook) => void): () => void {
    const state = this.#state;
    if (state.is === "resolved") return state.to.whenResolved(callback);
    const callbacks = (this.#callbacks ??= new Set());
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  }

  /** Becomes `hook`, whose reference it takes over. Later resolutions are ignored. */
  resolve(hook: Hook): void {
    if (this.#state.is !== "waiting" || this.references === 0) {
      hook.release();
      return;
    }
    this.retain(); // the waiting calls may be the last to hold it
    const end = hook.resolved();
    let to = end === this ? this.#cycle(hook) : shortened(hook, end);
    this.#state = { is: "resolving" };
    for (let call = this.#queue?.shift(); call !== undefined; call = this.#queue?.shift()) {
      call.goOn(to);
    }
    this.#queue = undefined;
    if (to.resolved() === this) to = this.#cycle(to); // closed by a callback just now
    this.#state = { is: "resolved", to };
    this.becameResolved();
    const callbacks = this.#callbacks;
    this.#callbacks = undefined;
    if (callbacks !== undefined) for (const callback of callbacks) callback(to);
    this.release();
  }

  /** Becomes broken: the waiting calls fail, and every later one. */
  break(error: RpcError): void {
    this.resolve(new BrokenHook(this.turns, error));
  }

  /** A waiting call was given up. */
  forget(call: QueuedCall): void {
    const index = this.#queue?.indexOf(call) ?? -1;
    if (index >= 0) this.#queue?.splice(index, 1);
  }

  /** For promises that hold something only until they are resolved. */
  protected becameResolved(): void {
    // a plain promise holds nothing
  }

  protected unreferenced(): void {
    const state = this.#state;
    if (state.is === "resolved") state.to.release();
  }

  #cycle(hook: Hook): Hook {
    hook.release();
    return new BrokenHook(this.turns, RpcError.failed("a promise was resolved to itself"));
  }
}

type State =
  | { readonly is: "waiting" }
  | { readonly is: "resolving" }
  | { readonly is: "resolved"; readonly to: Hook };

/** Steps over promises that are resolved already, so chains stay short. */
function shortened(hook: Hook, end: Hook): Hook {
  if (end === hook) return hook;
  end.retain();
  hook.release();
  return end;
}

/**
 * Results whose pipelined hooks are promises in this vat: those of a call that waits, and those of
 * a call at a local object. One promise per path, while it is held.
 */
export abstract class LocalResults extends CallResults {
  #pipelines: PipelinedPromise[] | undefined;

  protected pendingPipeline(path: Path): Hook {
    const pipelines = (this.#pipelines ??= []);
    const known = pipelines.find((promise) => samePath(promise.path, path));
    if (known !== undefined) return known.retain();
    const promise = new PipelinedPromise(this, path);
    pipelines.push(promise);
    return promise;
  }

  /** A pipelined hook was let go before it was resolved. */
  forgetPipeline(promise: PipelinedPromise): void {
    const index = this.#pipelines?.indexOf(promise) ?? -1;
    if (index >= 0) this.#pipelines?.splice(index, 1);
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

  protected override forwardTo(results: Results): void {
    this.retain();
    this.resolvePipelines((path) => results.pipeline(path));
    super.forwardTo(results);
    this.release();
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

export function samePath(left: Path, right: Path): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
