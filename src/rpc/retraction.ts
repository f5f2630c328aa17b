import { type Answers } from "./answers.ts";
import { BrokenHook } from "./broken-hook.ts";
import { type RpcError } from "./exception.ts";
import { exceptionOf } from "./exception-message.ts";
import { type Exports } from "./export.ts";
import { type ExportId } from "./ids.ts";
import {
  type CallMessage,
  type CapDescriptor,
  type PromisedAnswer,
  type ReturnMessage,
  type WirePayload,
} from "./messages.ts";
import { type Action } from "./outbox.ts";
import { type Question } from "./question.ts";

/** What a retraction needs of the tables of its connection. */
export interface Retracted {
  readonly answers: Answers;
  readonly exports: Exports;
  readonly question: (id: number) => Question | undefined;
}

/**
 * A Call that cannot be written, and with it every message behind it that speaks of its question: the
 * peer will never have heard of that, and the id is soon another's.
 *
 *   Finish, and calls on its results     do not leave; those calls are retracted too
 *   results that were to be kept there   the call that they are taken for fails
 *   what names its results               names a broken capability in their place
 */
export class Retraction {
  /** Questions that the peer will not hear of. */
  readonly unheard: Set<number>;
  readonly #error: RpcError;
  readonly #tables: Retracted;

  constructor({ questionId }: CallMessage, error: RpcError, tables: Retracted) {
    this.unheard = new Set([questionId]);
    this.#error = error;
    this.#tables = tables;
  }

  /** What leaves in place of a message behind the Call, if anything. To be asked in their order. */
  amended(action: Action): Action | undefined {
    switch (action.is) {
      case "finish":
        return this.unheard.has(action.questionId) ? undefined : action;
      case "call":
        return this.#call(action);
      case "return":
        return this.#return(action);
      case "resolve": {
        const { resolution } = action;
        if (resolution.is !== "cap" || !this.#isUnheard(resolution.cap)) return action;
        const exception = exceptionOf(this.#error);
        return { ...action, resolution: { is: "exception", exception } };
      }
      default:
        return action;
    }
  }

  #call(call: CallMessage): CallMessage | undefined {
    const { target, params, questionId } = call;
    if (target.is === "promisedAnswer" && this.#names(target.answer)) {
      this.unheard.add(questionId);
      return undefined;
    }
    if (!params.capTable.some((cap) => this.#isUnheard(cap))) return call;
    const exported: ExportId[] = [];
    const amended = { ...call, params: this.#broken(params, exported) };
    this.#tables.question(questionId)?.exportedMore(exported);
    return amended;
  }

  #return(message: ReturnMessage): ReturnMessage {
    const { answerId, outcome } = message;
    const answer = this.#tables.answers.get(answerId);
    if (outcome.is === "takeFromOtherQuestion" && this.unheard.has(outcome.questionId)) {
      answer?.unsent(this.#error);
      return { ...message, outcome: { is: "exception", exception: exceptionOf(this.#error) } };
    }
    if (outcome.is !== "results") return message;
    const { payload } = outcome;
    if (!payload.capTable.some((cap) => this.#isUnheard(cap))) return message;
    const exported: ExportId[] | undefined = answer && []; // once finished, nobody looks at them
    const amended = this.#broken(payload, exported);
    if (exported !== undefined) answer?.exportedMore(exported);
    return { ...message, outcome: { is: "results", payload: amended } };
  }

  /**
   * The payload with what it names of the unheard broken, which adds to `exported`; or null, where
   * nothing may be exported for it.
   */
  #broken({ content, capTable }: WirePayload, exported: ExportId[] | undefined): WirePayload {
    const { exports } = this.#tables;
    const broken = new BrokenHook(exports.turns, this.#error);
    const instead = () => exported && exports.describeInto(broken, exported);
    return {
      content,
      capTable: capTable.map((cap) => (this.#isUnheard(cap) ? (instead() ?? NONE) : cap)),
    };
  }

  #isUnheard(cap: CapDescriptor): boolean {
    return cap.is === "receiverAnswer" && this.#names(cap.answer);
  }

  #names({ questionId }: PromisedAnswer): boolean {
    return this.unheard.has(questionId);
  }
}

const NONE: CapDescriptor = { is: "none" };
