import { isReflected } from "./adoption.ts";
import { type Answer } from "./answer.ts";
import { BrokenHook } from "./broken-hook.ts";
import { CallResults } from "./call-results.ts";
import { perhapsExecuted, type RpcError, unexecuted } from "./exception.ts";
import { type Exports } from "./export.ts";
import { type Hook, type Payload, type Request, type Results, type ResultsSink } from "./hook.ts";
import { type ExportId, type QuestionId } from "./ids.ts";
import { type Link } from "./link.ts";
import {
  type CapDescriptor,
  type MessageTarget,
  type Path,
  type PromisedAnswer,
} from "./messages.ts";
import { type Outbox } from "./outbox.ts";
import { PathMap, tooManyPaths } from "./path-map.ts";
import { capabilityIn, indexIn, NO_CAPS, releaseCaps } from "./payload.ts";
import { RemotePromise, RemoteTarget } from "./remote-hook.ts";

/** What a question needs of the table it is in. */
export interface Asker {
  readonly link: Link;
  readonly outbox: Outbox;
  readonly exports: Exports;
  finish(question: Question, releaseResultCaps: boolean): void;
  remove(question: Question): void;
}

/** How the results of a question come back. */
export type Returning =
  /** By a Return, as usual. */
  | "here"
  /** Not: the peer keeps them for a call of its own (Call.sendResultsTo.yourself). */
  | "kept"
  /** Not: only what is in them will be called (Call.onlyPromisePipeline). */
  | "never";

/**
 * A call that we asked of the peer.
 *
 *   waiting    no Return yet              Return: returned; the last release: canceled
 *   canceled   we sent Finish             Return: ended
 *   returned   something is still         the last pinned target: ended, after Finish
 *              addressed to its results
 *   ended      not in the table
 *
 * A kept question stays `returned` until its last release; one that never returns is ended by that.
 * Invariant: the id is free only when Return was received and Finish sent, or when the Return said
 * that no Finish is needed. After Finish nothing is addressed to its results any more.
 */
export class Question extends CallResults implements ResultsSink {
  readonly id: QuestionId;
  is: "waiting" | "canceled" | "returned" | "ended" = "waiting";
  readonly returning: Returning;
  /** The place of its Call among all messages sent. */
  readonly serial: number;
  /** 0 for Bootstrap. */
  readonly interfaceId: bigint;
  readonly methodId: number;
  readonly sinceMs: number;
  /** Return.releaseParamCaps: the peer gave the parameters back. */
  releaseParamCaps = false;
  /** Whether the Return must be followed by Finish. */
  finishNeeded = true;
  /** Whether Finish gives the results back unseen. */
  releaseResultCaps = false;
  readonly #asker: Asker;
  /** The references that the parameters gave to the peer. */
  #paramExports: readonly ExportId[];
  #targets: PathMap<PipelinedTarget> | undefined;
  /** Targets that somebody holds. */
  #pins = 0;
  /** The results of our own that these are (Return.takeFromOtherQuestion). */
  #taken: Results | undefined;

  constructor(
    asker: Asker,
    id: QuestionId,
    serial: number,
    returning: Returning,
    paramExports: readonly ExportId[],
    request: Request | undefined,
  ) {
    super(asker.link.turns);
    this.#asker = asker;
    this.id = id;
    this.serial = serial;
    this.returning = returning;
    this.#paramExports = paramExports;
    this.interfaceId = request?.interfaceId ?? 0n;
    this.methodId = request?.methodId ?? 0;
    this.sinceMs = asker.link.nowMs;
  }

  get link(): Link {
    return this.#asker.link;
  }

  override whenReturned(sink: ResultsSink): void {
    if (this.returning === "kept" && this.open) sink.keptByPeer?.(this.id);
    else super.whenReturned(sink);
  }

  /** The parameters gave these references to the peer as well. */
  exportedMore(ids: readonly ExportId[]): void {
    this.#paramExports = [...this.#paramExports, ...ids];
  }

  /** A target in the results is held: until the Return, that holds the call too. */
  pin(): void {
    this.#pins += 1;
    if (this.#pinsHold) this.retain();
  }

  /** It is no longer held. Unless it was called, it may be forgotten: nothing can be overtaken. */
  unpin(target: PipelinedTarget): void {
    if (this.is === "waiting" && !target.called) this.#targets?.delete(target.path);
    this.#pins -= 1;
    if (this.#pinsHold) this.release();
    else if (this.is === "returned" && this.#pins === 0) this.#finishAndEnd();
  }

  /** The results are there; takes the payload over. Disembargos leave before Finish. */
  return(payload: Payload, capTable: readonly CapDescriptor[]): void {
    const pins = this.#beginReturn();
    const settled = this.#targets === undefined ? payload : this.#resolve(payload, capTable);
    this.#endReturn();
    this.settleReturned(settled);
    this.#releaseAll(pins);
  }

  fail(error: RpcError): void {
    const pins = this.#beginReturn();
    for (const target of this.#targets ?? []) {
      const broken = new BrokenHook(this.turns, error);
      target.promise?.resolve(broken);
      target.moveTo(broken);
    }
    this.#endReturn();
    this.settleFailed(error);
    this.#releaseAll(pins);
  }

  /** The results are those of a call at one of our own objects, and may not be there yet. */
  takeFrom(answer: Answer, results: Results): void {
    const pins = this.#beginReturn();
    this.#taken = results;
    for (const target of this.#targets ?? []) {
      target.resolution = target.afterEmbargo(results.pipeline(target.path), true);
      target.promise?.resolve(target.resolution.retain());
    }
    this.#endReturn();
    answer.handOver();
    this.#releaseAll(pins);
  }

  /** Results that were taken are there: what was called goes on through its embargo. */
  returned(payload: Payload): void {
    if (!this.open) {
      releaseCaps(payload);
      return;
    }
    const caps = [...payload.caps];
    for (const { path, resolution } of this.#targets ?? []) {
      const index = indexIn(payload, path);
      if (typeof index !== "number" || resolution === undefined) continue;
      caps[index]?.release();
      caps[index] = resolution.retain();
    }
    this.settleReturned({ content: payload.content, caps });
    this.#letGo();
  }

  /** As {@link returned}. */
  failed(error: RpcError): void {
    if (!this.open) return;
    this.settleFailed(perhapsExecuted(error)); // the peer had it before
    this.#letGo();
  }

  /** The peer keeps the results, and says that they are there. */
  keptReturn(): void {
    this.#releaseParams();
    this.is = "returned";
  }

  /** Return was received and Finish sent: the id is free. */
  end(): void {
    this.#releaseParams();
    this.#asker.remove(this);
    this.is = "ended";
  }

  /** The connection is over. */
  lose(over: BrokenHook): void {
    this.finishNeeded = false;
    if (this.is === "waiting" && this.returning === "here") {
      const left = this.#asker.outbox.hasLeft(this.serial);
      this.fail(left ? perhapsExecuted(over.broken) : unexecuted(over.broken));
    }
    for (const target of this.#targets ?? []) target.lost(over);
  }

  protected pendingPipeline(path: Path): Hook {
    const targets = (this.#targets ??= new PathMap());
    const known = targets.get(path);
    if (this.#taken !== undefined) {
      return known?.resolution?.retain() ?? this.#taken.pipeline(path);
    }
    if (known !== undefined) return known.asPromise();
    if (targets.full) return new BrokenHook(this.turns, tooManyPaths());
    const target = new PipelinedTarget(this, path);
    targets.set(path, target);
    const promise = target.asPromise();
    target.release();
    return promise;
  }

  override get pending(): boolean {
    return this.#taken?.pending ?? false;
  }

  /** A call at the peer ends with its own connection, and not before. */
  override cancel(error: RpcError): void {
    this.#taken?.cancel(error);
  }

  protected abandoned(): void {
    if (this.#taken !== undefined) {
      this.#letGo();
      return;
    }
    const wasWaiting = this.is === "waiting";
    this.is = "canceled";
    this.#asker.finish(this, true);
    if (!wasWaiting || this.returning === "never") this.end();
  }

  get #pinsHold(): boolean {
    return this.is === "waiting" || (this.is === "returned" && this.returning === "kept");
  }

  /** Keeps Finish back until everything that belongs before it has been sent. */
  #beginReturn(): number {
    const pins = this.#pins;
    this.retain();
    this.is = "returned";
    this.#pins += 1;
    return pins;
  }

  #endReturn(): void {
    this.#releaseParams();
    this.#pins -= 1;
    if (this.#pins === 0) this.#finishAndEnd();
  }

  /** Gives back what the targets held, and what the Return itself did. */
  #releaseAll(pins: number): void {
    for (let held = 0; held <= pins; held += 1) this.release();
  }

  #finishAndEnd(): void {
    if (this.finishNeeded) this.#asker.finish(this, this.releaseResultCaps);
    this.end();
  }

  #releaseParams(): void {
    if (this.releaseParamCaps) this.#asker.exports.releaseParams(this.#paramExports);
    this.#paramExports = NO_CAPS;
  }

  #letGo(): void {
    for (const target of this.#targets ?? []) {
      target.resolution?.release();
      target.resolution = undefined;
    }
    this.#taken?.release();
    this.#taken = undefined;
  }

  /** What was called while it was pipelined goes on through an embargo, for everybody. */
  #resolve(payload: Payload, capTable: readonly CapDescriptor[]): Payload {
    const caps = [...payload.caps];
    const settled: Payload = { content: payload.content, caps };
    for (const target of this.#targets ?? []) {
      const index = indexIn(settled, target.path);
      const cap = typeof index === "number" ? caps[index] : undefined;
      const reflected = typeof index === "number" && isReflected(capTable[index]);
      if (typeof index === "number" && cap !== undefined) {
        caps[index] = target.afterEmbargo(cap, reflected);
      }
      const end = capabilityIn(settled, target.path, this.turns);
      target.promise?.resolve(end.retain());
      if (!reflected) target.moveTo(end);
      end.release();
    }
    return settled;
  }
}

/**
 * A capability in results that have not returned; held, it keeps the question open. What is strictly
 * addressed to it stays so when the results are there, unless they say which import it is (the same
 * place at the peer, by the same road) or that there is none: either lets the question end.
 */
class PipelinedTarget extends RemoteTarget {
  readonly path: Path;
  /** What it has become, when the results are taken from a call that has not returned. */
  resolution: Hook | undefined;
  readonly #question: Question;
  readonly #answer: PromisedAnswer;
  #moved: RemoteTarget | BrokenHook | undefined;

  constructor(question: Question, path: Path) {
    super(question.link);
    this.#question = question;
    this.path = path;
    this.#answer = { questionId: question.id, transform: path };
    question.pin();
  }

  get target(): MessageTarget {
    if (this.#moved instanceof RemoteTarget) return this.#moved.target;
    return { is: "promisedAnswer", answer: this.#answer };
  }

  get descriptor(): CapDescriptor {
    if (this.#moved instanceof RemoteTarget) return this.#moved.descriptor;
    return { is: "receiverAnswer", answer: this.#answer };
  }

  override call(request: Request): Results {
    return this.#moved instanceof BrokenHook ? this.#moved.call(request) : super.call(request);
  }

  override resolved(): Hook {
    return this.#moved instanceof BrokenHook ? this.#moved : super.resolved();
  }

  override get broken(): RpcError | undefined {
    return this.#moved?.broken ?? super.broken;
  }

  /** The results are there, and this is what they say. */
  moveTo(hook: Hook): void {
    if (this.references === 0) return;
    const place = hook instanceof RemotePromise ? hook.target : hook;
    if (!(place instanceof RemoteTarget || place instanceof BrokenHook)) return;
    this.#moved = place.retain();
    if (place instanceof RemoteTarget) place.called ||= this.called;
    this.#question.unpin(this);
  }

  override retain(): this {
    if (this.references === 0) this.#question.pin();
    return super.retain();
  }

  protected unreferenced(): void {
    if (this.#moved === undefined) this.#question.unpin(this);
    else this.#moved.release();
  }
}
