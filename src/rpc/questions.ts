import { type Adoption } from "./adoption.ts";
import { type Answers } from "./answers.ts";
import { BrokenHook, FailedResults } from "./broken-hook.ts";
import { RpcError } from "./exception.ts";
import { errorOf } from "./exception-message.ts";
import { type Exports } from "./export.ts";
import { type Hook, type Payload, type Request, type Results } from "./hook.ts";
import { type ExportId, type QuestionId } from "./ids.ts";
import { type Link } from "./link.ts";
import {
  type CallMessage,
  type Content,
  type MessageTarget,
  type ReturnMessage,
  type ReturnOutcome,
} from "./messages.ts";
import { type Outbox } from "./outbox.ts";
import { CAPABILITY_CONTENT, callWords, NO_CAPS, releaseCaps } from "./payload.ts";
import { type Asker, Question, type Returning } from "./question.ts";
import { Retraction } from "./retraction.ts";
import { OwnTable } from "./table.ts";
import { violation } from "./violation.ts";

/** The questions of one connection. */
export class Questions implements Asker {
  readonly link: Link;
  readonly outbox: Outbox;
  readonly exports: Exports;
  readonly #adoption: Adoption;
  readonly #answers: Answers;
  readonly #table = new OwnTable<QuestionId, Question>();
  /** Those that may never be answered, under ids of their own. */
  readonly #unanswered = new Map<number, Question>();
  #nextUnanswered = FIRST_UNANSWERED;
  /** Those that were given up and wait only for their Return. */
  canceled = 0;

  constructor(link: Link, outbox: Outbox, exports: Exports, answers: Answers, adoption: Adoption) {
    this.link = link;
    this.outbox = outbox;
    this.exports = exports;
    this.#answers = answers;
    this.#adoption = adoption;
  }

  get size(): number {
    return this.#table.size + this.#unanswered.size;
  }

  *values(): IterableIterator<Question> {
    yield* this.#table.values();
    yield* this.#unanswered.values();
  }

  bootstrap(): Hook {
    const { over } = this.link;
    if (over !== undefined) return over;
    const refused = this.#overload(CAPABILITY_CONTENT, NO_CAPS);
    if (refused !== undefined) return new BrokenHook(this.link.turns, refused);
    const questionId = this.#table.claim();
    const serial = this.outbox.send({ is: "bootstrap", questionId, keepsResults: true });
    const question = new Question(this, questionId, serial, "here", NO_CAPS, undefined);
    this.#table.set(questionId, question);
    const root = question.pipeline([]);
    question.release();
    return root;
  }

  call(target: MessageTarget, request: Request): Results {
    const { link } = this;
    const { params } = request;
    const refused = link.over?.broken ?? this.#overload(params.content, params.caps);
    if (refused !== undefined) {
      releaseCaps(params);
      return new FailedResults(link.turns, refused);
    }
    const returning = this.#returning(request);
    const id = returning === "never" ? this.#unansweredId() : this.#table.claim();
    const exported: ExportId[] = [];
    const payload = this.exports.describeAll(params, exported);
    const message = {
      is: "call",
      questionId: id,
      target,
      interfaceId: request.interfaceId,
      methodId: request.methodId,
      params: payload,
      sendResultsTo: returning === "kept" ? "yourself" : "caller",
      allowThirdPartyTailCall: false,
      noPromisePipelining: false,
      onlyPromisePipeline: returning === "never",
      trace: request.trace,
    } as const;
    // Of another peer's call we cannot know what is in it.
    const isPrivate = request.credential === true || request.caller !== undefined;
    const serial = this.outbox.send(message, isPrivate);
    this.exports.announce();
    releaseCaps(params);
    const question = new Question(this, id, serial, returning, exported, request);
    if (returning === "never") this.#unanswered.set(id, question);
    else this.#table.set(id, question);
    return question;
  }

  finish({ id, is }: Question, releaseResultCaps: boolean): void {
    if (this.link.over !== undefined) return;
    if (is === "canceled") this.canceled += 1;
    this.link.send({
      is: "finish",
      questionId: id,
      releaseResultCaps,
      requireEarlyCancellationWorkaround: false,
    });
  }

  remove({ id, is, returning }: Question): void {
    if (this.link.over !== undefined) return;
    if (is === "canceled") this.canceled -= 1;
    if (returning === "never") this.#unanswered.delete(id);
    else this.#table.remove(id);
  }

  /** Returns false for a Return that nobody needs. */
  return(message: ReturnMessage): boolean {
    const { answerId, outcome, releaseParamCaps } = message;
    if (answerId >= FIRST_UNANSWERED) return false; // Call.onlyPromisePipeline: Finish drops it
    const question = this.#table.get(answerId);
    if (question === undefined || question.is === "returned") {
      throw violation(`Return for question ${answerId}, which does not wait for one`);
    }
    question.releaseParamCaps = releaseParamCaps;
    if (question.is === "canceled")
      question.end(); // Finish released whatever this Return brings
    else if (question.returning === "kept") question.keptReturn();
    else this.#returned(question, outcome, message);
    return true;
  }

  /** The peer does not know this message: it holds nothing of it, and will not Return. */
  unimplemented(id: number): void {
    const question = this.#get(id);
    if (question === undefined || question.is === "returned") {
      throw violation(`Unimplemented for question ${id}, which does not wait for anything`);
    }
    unheard(question, RpcError.unimplemented("the peer does not implement this kind of call"));
  }

  /** The Call cannot be written: it fails, and so do those on its results, which do not leave either. */
  unsent(message: CallMessage, error: RpcError): void {
    const retraction = new Retraction(message, error, {
      answers: this.#answers,
      exports: this.exports,
      question: (id) => this.#get(id),
    });
    this.outbox.amendBehind(message, (action) => retraction.amended(action));
    this.exports.announce();
    for (const id of retraction.unheard) {
      const question = this.#get(id);
      if (question !== undefined) unheard(question, error);
    }
  }

  lose(over: BrokenHook): void {
    const questions = [...this.#table.takeAll(), ...this.#unanswered.values()];
    this.#unanswered.clear();
    this.canceled = 0;
    for (const question of questions) question.lose(over);
  }

  #get(id: number): Question | undefined {
    return this.#table.get(id) ?? this.#unanswered.get(id);
  }

  #returned(question: Question, outcome: ReturnOutcome, message: ReturnMessage): void {
    switch (outcome.is) {
      case "results": {
        const { content, capTable } = outcome.payload;
        const refused = this.#adoption.overload(capTable.length);
        if (refused !== undefined) {
          question.releaseResultCaps = true; // not one of them was looked at
          question.fail(RpcError.overloaded(refused));
          return;
        }
        question.finishNeeded = !message.noFinishNeeded || capTable.length > 0;
        question.return({ content, caps: this.#adoption.adoptAll(capTable) }, capTable);
        return;
      }
      case "exception":
        question.fail(errorOf(outcome.exception));
        return;
      case "takeFromOtherQuestion": {
        const answer = this.#answers.get(outcome.questionId);
        const results = answer?.take(question);
        if (answer === undefined || results === undefined) {
          throw violation(`takeFromOtherQuestion ${outcome.questionId}, which has nothing to take`);
        }
        question.takeFrom(answer, results);
        return;
      }
      case "canceled":
        throw violation(`Return says that question ${question.id} was canceled, and it was not`);
      case "resultsSentElsewhere":
        throw violation(`Return says that the results of question ${question.id} are elsewhere`);
      case "unknown":
        this.link.send({ is: "unimplemented", message });
        question.fail(RpcError.unimplemented("the call returned in a way that is not understood"));
        return;
      default:
        outcome satisfies never;
    }
  }

  #returning({ onlyPipeline, returnTo }: Request): Returning {
    if (returnTo === this.link && this.link.peerKeepsResults) return "kept";
    return onlyPipeline === true ? "never" : "here";
  }

  /** Why a call cannot be made now, if it cannot. */
  #overload(content: Content, caps: Payload["caps"]): RpcError | undefined {
    const { maxQuestions, maxExports, maxCallWords, maxCapTable } = this.link.limits;
    const forgiven = Math.min(this.canceled, this.link.limits.maxCanceledQuestions);
    if (this.size - forgiven >= maxQuestions) return overloaded("too many calls under way");
    if (this.exports.size + caps.length > maxExports) return overloaded("too many exports");
    if (caps.length > maxCapTable) return overloaded("too many capabilities in the parameters");
    if (callWords(content, caps.length) > maxCallWords)
      return overloaded("the parameters are too large");
    return undefined;
  }

  /** Never one that is in use; after 2^31 of them, they start again (as in C++). */
  #unansweredId(): QuestionId {
    do {
      this.#nextUnanswered =
        this.#nextUnanswered === LAST_UNANSWERED ? FIRST_UNANSWERED : this.#nextUnanswered + 1;
    } while (this.#unanswered.has(this.#nextUnanswered));
    return this.#nextUnanswered as QuestionId; // ids are made here
  }
}

/** The peer has nothing of the question, and will not Return. */
function unheard(question: Question, error: RpcError): void {
  question.releaseParamCaps = true;
  question.finishNeeded = false;
  if (question.is === "canceled") question.end();
  else question.fail(error);
}

function overloaded(reason: string): RpcError {
  return RpcError.overloaded(reason, { executed: "no" });
}

/** Call.onlyPromisePipeline: ids with the highest bit set, because nobody tells when one is free. */
const FIRST_UNANSWERED = 2 ** 31;
const LAST_UNANSWERED = 2 ** 32 - 1;
