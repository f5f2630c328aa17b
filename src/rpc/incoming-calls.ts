import { type Adoption } from "./adoption.ts";
import { Answer } from "./answer.ts";
import { type Answers } from "./answers.ts";
import { BrokenHook } from "./broken-hook.ts";
import { RpcError } from "./exception.ts";
import { type Exports } from "./export.ts";
import { type Caller, type Hook } from "./hook.ts";
import { type AnswerId } from "./ids.ts";
import { type Link } from "./link.ts";
import { type CallMessage, type MessageTarget } from "./messages.ts";
import { CAPABILITY_CONTENT, callWords, NO_CAPS } from "./payload.ts";
import { cutOff, violation } from "./violation.ts";

/** What the peer asks of us: calls, and the root capability. */
export class IncomingCalls {
  readonly #link: Link;
  readonly #answers: Answers;
  readonly #exports: Exports;
  readonly #adoption: Adoption;
  readonly #caller: Caller;
  readonly #bootstrap: () => Hook;

  constructor(
    answers: Answers,
    adoption: Adoption,
    { caller, bootstrap }: { readonly caller: Caller; readonly bootstrap: () => Hook },
  ) {
    this.#link = answers.link;
    this.#answers = answers;
    this.#exports = answers.exports;
    this.#adoption = adoption;
    this.#caller = caller;
    this.#bootstrap = bootstrap;
  }

  call(message: CallMessage): void {
    if (message.sendResultsTo === "thirdParty") {
      this.#link.send({ is: "unimplemented", message }); // Level 3
      return;
    }
    const { target, params } = message;
    const id = this.#newId(message.questionId);
    const depth = this.#depth(target);
    const refused = this.#overload(message, depth);
    if (refused !== undefined) {
      const nothing = { content: params.content, caps: NO_CAPS };
      const answer = this.#add(
        new Answer(this.#answers, id, message, nothing, this.#caller, depth),
      );
      // Nothing of the call was looked at, so its parameters are given back: with the Return, if
      // anybody looks at that.
      if (message.onlyPromisePipeline) this.#adoption.decline(params.capTable);
      answer.refuse(refused, !message.onlyPromisePipeline);
      return;
    }
    const callee = this.#callee(message);
    try {
      const payload = { content: params.content, caps: this.#adoption.adoptAll(params.capTable) };
      this.#add(new Answer(this.#answers, id, message, payload, this.#caller, depth)).start(callee);
    } finally {
      callee.release();
    }
  }

  bootstrap(questionId: number): void {
    const id = this.#newId(questionId);
    if (this.#answers.load >= 2 * this.#link.limits.maxAnswers) throw cutOff("questions");
    const nothing = { content: CAPABILITY_CONTENT, caps: NO_CAPS };
    const answer = new Answer(this.#answers, id, undefined, nothing, this.#caller, 0);
    this.#add(answer).returnRoot(this.#bootstrap());
  }

  #add(answer: Answer): Answer {
    this.#answers.add(answer);
    return answer;
  }

  #newId(questionId: number): AnswerId {
    if (this.#answers.get(questionId) !== undefined) {
      throw violation(`question ${questionId} was asked twice`);
    }
    return questionId as AnswerId; // the peer's question is our answer
  }

  /** How many unanswered calls this one waits for. */
  #depth(target: MessageTarget): number {
    if (target.is === "importedCap") return 0;
    const parent = this.#answers.get(target.answer.questionId);
    return parent?.is === "running" ? parent.depth + 1 : 0;
  }

  /** What is called, with a reference. */
  #callee({ target, interfaceId, methodId }: CallMessage): Hook {
    if (target.is === "promisedAnswer") {
      const promised = this.#adoption.promisedAnswer(target.answer);
      this.#exports.pipelined(promised, interfaceId, methodId);
      return promised;
    }
    const hook = this.#exports.called(target.id, interfaceId, methodId);
    if (hook !== undefined) return hook.retain();
    if (this.#exports.mayBeGivenBack(target.id)) {
      return new BrokenHook(this.#link.turns, RpcError.failed("this capability was given back"));
    }
    throw violation(`a call to export ${target.id}, which is not there`);
  }

  /** Why the call is refused, if it is; throws when the peer goes on regardless. */
  #overload({ params }: CallMessage, depth: number): RpcError | undefined {
    const { maxAnswers, maxCallWords, maxPipelineDepth } = this.#link.limits;
    const answers = this.#answers.load + 1;
    const caps = params.capTable.length;
    const words = this.#answers.words + callWords(params.content, caps);
    const tooManyCaps = this.#adoption.overload(caps);
    if (answers > 2 * maxAnswers) throw cutOff("questions");
    if (words > 2 * maxCallWords) throw cutOff("words of parameters");
    if (answers > maxAnswers) return RpcError.overloaded("too many calls under way");
    if (words > maxCallWords) return RpcError.overloaded("too many words of calls under way");
    if (tooManyCaps !== undefined) return RpcError.overloaded(tooManyCaps);
    if (depth > maxPipelineDepth) return RpcError.overloaded("too many calls wait for one another");
    return undefined;
  }
}
