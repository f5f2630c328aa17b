import { BrokenHook, FailedResults } from "./broken-hook.ts";
import { type Adoption, isReflected } from "./adoption.ts";
import { CallResults } from "./call-results.ts";
import { perhapsExecuted, RpcError, unexecuted } from "./exception.ts";
import { errorOf } from "./exception-message.ts";
import { type Exports } from "./export.ts";
import { type Hook, type Payload, type Request, type Results } from "./hook.ts";
import { type ExportId, type QuestionId } from "./ids.ts";
import { type Link } from "./link.ts";
import {
  type CapDescriptor,
  type MessageTarget,
  type Path,
  type ReturnMessage,
} from "./messages.ts";
import { type Outbox } from "./outbox.ts";
import { capabilityIn, indexIn, NO_CAPS, releaseCaps } from "./payload.ts";
import { samePath } from "./promise-hook.ts";
import { RemoteTarget } from "./remote-hook.ts";
import { OwnTable } from "./table.ts";
import { violation } from "./violation.ts";

/**
 * A call that we asked of the peer.
 *
 *   waiting    no Return yet              Return: returned; the last release: canceled
 *   canceled   we sent Finish             Return: ended
 *   returned   something is still         the last pinned target: ended, after Finish
 *              addressed to its results
 *   ended      not in the table
 *
 * Invariant: the id is free only when Return was received and Finish sent, or when the Return said
 * that no Finish is needed. After Finish nothing is addressed to its results any more.
 */
export class Question extends CallResults {
  readonly id: QuestionId;
  is: "waiting" | "canceled" | "returned" | "ended" = "waiting";
  /** The place of its Call among all messages sent. */
  readonly serial: number;
  /** The references that the parameters gave to the peer. */
  readonly #paramExports: readonly ExportId[];
  /** Return.releaseParamCaps: the peer gave the parameters back. */
  releaseParamCaps = false;
  /** Whether the Return must be followed by Finish. */
  finishNeeded = true;
  readonly #questions: Questions;
  #targets: PipelinedTarget[] | undefined;
  /** Targets that somebody holds. */
  #pins = 0;

  constructor(
    questions: Questions,
    id: QuestionId,
    serial: number,
    paramExports: readonly ExportId[],
  ) {
    super(questions.link.turns);
    this.#questions = questions;
    this.id = id;
    this.serial = serial;
    this.#paramExports = paramExports;
  }

  get link(): Link {
    return this.#questions.link;
  }

  /** A target in the results is held: until the Return, that holds the call too. */
  pin(): void {
    this.#pins += 1;
    if (this.is === "waiting") this.retain();
  }

  unpin(): void {
    this.#pins -= 1;
    if (this.is === "waiting") this.release();
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
      target.promise?.resolve(new BrokenHook(this.turns, error));
    }
    this.#endReturn();
    this.settleFailed(error);
    this.#releaseAll(pins);
  }

  /** Return was received and Finish sent: the id is free. */
  end(): void {
    if (this.releaseParamCaps) this.#questions.exports.releaseParams(this.#paramExports);
    this.is = "ended";
    this.#questions.remove(this);
  }

  /** The connection is over. */
  lose(over: BrokenHook): void {
    const { is } = this;
    this.finishNeeded = false;
    if (is === "waiting") {
      const left = this.#questions.outbox.hasLeft(this.serial);
      this.fail(left ? perhapsExecuted(over.broken) : unexecuted(over.broken));
    }
    this.is = "ended";
    for (const target of this.#targets ?? []) target.lost(over);
  }

  protected pendingPipeline(path: Path): Hook {
    const targets = (this.#targets ??= []);
    const known = targets.find((target) => samePath(target.path, path));
    if (known !== undefined) return known.asPromise();
    const target = new PipelinedTarget(this, path);
    targets.push(target);
    const promise = target.asPromise();
    target.release();
    return promise;
  }

  protected abandoned(): void {
    this.is = "canceled";
    this.#questions.finish(this, true);
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
    if (this.releaseParamCaps) this.#questions.exports.releaseParams(this.#paramExports);
    this.releaseParamCaps = false;
    this.#pins -= 1;
    if (this.#pins === 0) this.#finishAndEnd();
  }

  /** Gives back what the targets held, and what the Return itself did. */
  #releaseAll(pins: number): void {
    for (let held = 0; held <= pins; held += 1) this.release();
  }

  #finishAndEnd(): void {
    if (this.finishNeeded) this.#questions.finish(this, false);
    this.end();
  }

  /** What was called while it was pipelined goes on through an embargo, for everybody. */
  #resolve(payload: Payload, capTable: readonly CapDescriptor[]): Payload {
    const caps = [...payload.caps];
    const settled: Payload = { content: payload.content, caps };
    for (const target of this.#targets ?? []) {
      const index = indexIn(settled, target.path);
      const cap = typeof index === "number" ? caps[index] : undefined;
      if (typeof index === "number" && cap !== undefined) {
        caps[index] = target.afterEmbargo(cap, isReflected(capTable[index]));
      }
      target.promise?.resolve(capabilityIn(settled, target.path, this.turns));
    }
    return settled;
  }
}

/** A capability in results that have not returned; held, it keeps the question open. */
class PipelinedTarget extends RemoteTarget {
  readonly path: Path;
  readonly target: MessageTarget;
  readonly descriptor: CapDescriptor;
  readonly #question: Question;

  constructor(question: Question, path: Path) {
    super(question.link);
    this.#question = question;
    this.path = path;
    const answer = { questionId: question.id, transform: path };
    this.target = { is: "promisedAnswer", answer };
    this.descriptor = { is: "receiverAnswer", answer };
    question.pin();
  }

  override retain(): this {
    if (this.references === 0) this.#question.pin();
    return super.retain();
  }

  protected unreferenced(): void {
    this.#question.unpin();
  }
}

/** The questions of one connection. */
export class Questions {
  readonly link: Link;
  readonly outbox: Outbox;
  readonly exports: Exports;
  readonly #adoption: Adoption;
  readonly #table = new OwnTable<QuestionId, Question>();

  constructor(link: Link, outbox: Outbox, exports: Exports, adoption: Adoption) {
    this.link = link;
    this.outbox = outbox;
    this.exports = exports;
    this.#adoption = adoption;
  }

  get size(): number {
    return this.#table.size;
  }

  values(): Iterable<Question> {
    return this.#table.values();
  }

  bootstrap(): Hook {
    const { over } = this.link;
    if (over !== undefined) return over;
    const questionId = this.#table.claim();
    const serial = this.outbox.send({ is: "bootstrap", questionId });
    const question = this.#add(questionId, serial, NO_CAPS);
    const root = question.pipeline([]);
    question.release();
    return root;
  }

  call(target: MessageTarget, { interfaceId, methodId, params }: Request): Results {
    const { over, turns } = this.link;
    if (over !== undefined) {
      releaseCaps(params);
      return new FailedResults(turns, over.broken);
    }
    const questionId = this.#table.claim();
    const exported: ExportId[] = [];
    const payload = this.exports.describeAll(params, exported);
    const serial = this.outbox.send({
      is: "call",
      questionId,
      target,
      interfaceId,
      methodId,
      params: payload,
      sendResultsTo: "caller",
      allowThirdPartyTailCall: false,
      noPromisePipelining: false,
      onlyPromisePipeline: false,
    });
    this.exports.announce();
    releaseCaps(params);
    return this.#add(questionId, serial, exported);
  }

  finish({ id }: Question, releaseResultCaps: boolean): void {
    this.link.send({
      is: "finish",
      questionId: id,
      releaseResultCaps,
      requireEarlyCancellationWorkaround: false,
    });
  }

  remove({ id }: Question): void {
    if (this.link.over === undefined) this.#table.remove(id);
  }

  return(message: ReturnMessage): void {
    const { answerId, outcome } = message;
    const question = this.#table.get(answerId);
    if (question === undefined || question.is === "returned") {
      throw violation(`Return for question ${answerId}, which does not wait for one`);
    }
    question.releaseParamCaps = message.releaseParamCaps;
    if (question.is === "canceled") {
      question.end(); // Finish released whatever this Return brings
      return;
    }
    switch (outcome.is) {
      case "results": {
        const { content, capTable } = outcome.payload;
        question.finishNeeded = !message.noFinishNeeded || capTable.length > 0;
        question.return({ content, caps: this.#adoption.adoptAll(capTable) }, capTable);
        return;
      }
      case "exception":
        question.fail(errorOf(outcome.exception));
        return;
      case "canceled":
        throw violation(`Return says that question ${answerId} was canceled, and it was not`);
      case "resultsSentElsewhere":
      case "takeFromOtherQuestion":
        throw violation(`Return of question ${answerId} with results elsewhere`);
      case "unknown":
        this.link.send({ is: "unimplemented", message });
        question.fail(RpcError.unimplemented("the call returned in a way that is not understood"));
        return;
      default:
        outcome satisfies never;
    }
  }

  /** The peer does not know this message: it holds nothing of it, and will not Return. */
  unimplemented(id: number): void {
    const question = this.#table.get(id);
    if (question === undefined || question.is === "returned") {
      throw violation(`Unimplemented for question ${id}, which does not wait for anything`);
    }
    question.releaseParamCaps = true;
    question.finishNeeded = false;
    if (question.is === "canceled") question.end();
    else question.fail(RpcError.unimplemented("the peer does not implement this kind of call"));
  }

  lose(over: BrokenHook): void {
    for (const question of this.#table.takeAll()) question.lose(over);
  }

  #add(id: QuestionId, serial: number, paramExports: readonly ExportId[]): Question {
    const question = new Question(this, id, serial, paramExports);
    this.#table.set(id, question);
    return question;
  }
}
