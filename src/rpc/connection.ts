import { Adoption, isReflected } from "./adoption.ts";
import { Answer, Answers } from "./answer.ts";
import { BrokenHook } from "./broken-hook.ts";
import { Embargoes } from "./embargo.ts";
import { RpcError, unexecuted } from "./exception.ts";
import { errorOf, exceptionOf } from "./exception-message.ts";
import { Exports } from "./export.ts";
import { type Caller, type Hook, type Request, type Results } from "./hook.ts";
import { type AnswerId } from "./ids.ts";
import { Imports } from "./import.ts";
import { type Link } from "./link.ts";
import {
  type CallMessage,
  type DisembargoMessage,
  type Message,
  type MessageTarget,
  type ResolveMessage,
} from "./messages.ts";
import { type Action, Outbox } from "./outbox.ts";
import { CAPABILITY_CONTENT, NO_CAPS } from "./payload.ts";
import { Questions } from "./question.ts";
import { RemotePromise, RemoteTarget } from "./remote-hook.ts";
import { type TurnQueue } from "./turn-queue.ts";
import { violation } from "./violation.ts";

export interface ConnectionOptions {
  readonly turns: TurnQueue;
  /** On whose behalf the calls that arrive are made. */
  readonly caller: Caller;
  /** The root capability for this peer, with a reference; broken when nothing is offered. */
  readonly bootstrap: () => Hook;
  /** Told when there are actions to take, after there were none. */
  readonly wake: () => void;
}

/**
 * One connection's side of the RPC protocol: messages and local calls in, actions out. It never
 * waits and calls no user code; the owner drains the turns and takes the actions.
 */
export class Connection implements Link {
  readonly turns: TurnQueue;
  readonly #caller: Caller;
  readonly #bootstrap: () => Hook;
  readonly #outbox: Outbox;
  readonly #questions: Questions;
  readonly #answers: Answers;
  readonly #exports: Exports;
  readonly #imports: Imports;
  readonly #embargoes: Embargoes;
  readonly #adoption: Adoption;
  #over: BrokenHook | undefined;
  /** Messages that were rightly ignored, and would be signs of a confused peer. */
  #ignored = 0;

  constructor({ turns, caller, bootstrap, wake }: ConnectionOptions) {
    this.turns = turns;
    this.#caller = caller;
    this.#bootstrap = bootstrap;
    this.#outbox = new Outbox(wake);
    this.#exports = new Exports(this);
    this.#imports = new Imports(this);
    this.#answers = new Answers(this, this.#exports);
    this.#embargoes = new Embargoes(this);
    this.#adoption = new Adoption(this, this.#imports, this.#exports, this.#answers);
    this.#questions = new Questions(this, this.#outbox, this.#exports, this.#adoption);
  }

  /** The peer's root capability, usable at once, with a reference for the asker. */
  bootstrap(): Hook {
    return this.#questions.bootstrap();
  }

  /** What the owner must do, in this order; each action is handed over once. */
  takeActions(): readonly Action[] {
    return this.#outbox.take();
  }

  /** Whether nothing is held or awaited on either side. */
  get idle(): boolean {
    const { questions, answers, exports, imports, embargoes } = this.stats;
    return questions + answers + exports + imports + embargoes === 0;
  }

  get stats(): ConnectionStats {
    return {
      questions: this.#questions.size,
      answers: this.#answers.size,
      exports: this.#exports.size,
      imports: this.#imports.size,
      embargoes: this.#embargoes.size,
      messagesSent: this.#outbox.sent,
      messagesIgnored: this.#ignored,
    };
  }

  /** One message of the peer's. What breaks the protocol aborts the connection. */
  receive(message: Message): void {
    if (this.#over !== undefined) return;
    try {
      this.#dispatch(message);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The event-loop turn in which messages were received is over. */
  turnEnded(): void {
    this.#answers.turnEnded();
  }

  /** The road is gone: what had not left will not, and everything that crossed it is lost. */
  disconnect(error: RpcError): void {
    if (this.#over !== undefined) return;
    this.#end(error);
    this.#outbox.discard();
    this.#outbox.close(error);
  }

  /** Ends the connection, telling the peer why. What had not left before will not leave any more. */
  abort(error: RpcError): void {
    if (this.#over !== undefined) return;
    this.#end(error);
    this.#outbox.discard();
    this.#outbox.send({ is: "abort", exception: exceptionOf(error) });
    this.#outbox.close(error);
  }

  // Link: what the table entries and hooks use.

  get over(): BrokenHook | undefined {
    return this.#over;
  }

  send(message: Message): void {
    if (this.#over === undefined) this.#outbox.send(message);
  }

  ask(target: MessageTarget, request: Request): Results {
    return this.#questions.call(target, request);
  }

  embargo(target: MessageTarget, resolution: Hook): Hook {
    return this.#embargoes.begin(target, resolution);
  }

  #dispatch(message: Message): void {
    switch (message.is) {
      case "call":
        this.#call(message);
        return;
      case "return":
        this.#questions.return(message);
        return;
      case "finish": {
        const { questionId, releaseResultCaps } = message;
        const later = message.requireEarlyCancellationWorkaround;
        if (!this.#answers.finish(questionId, releaseResultCaps, later)) this.#ignored += 1;
        return;
      }
      case "release":
        if (!this.#exports.release(message.id, message.referenceCount)) this.#ignored += 1;
        return;
      case "resolve":
        this.#resolve(message);
        return;
      case "disembargo":
        this.#disembargo(message);
        return;
      case "bootstrap":
        this.#answerBootstrap(message.questionId);
        return;
      case "unimplemented":
        this.#unimplemented(message.message);
        return;
      case "abort":
        this.#aborted(errorOf(message.exception));
        return;
      case "unknown":
        this.send({ is: "unimplemented", message });
        return;
      default:
        message satisfies never;
    }
  }

  #call(message: CallMessage): void {
    if (message.sendResultsTo === "thirdParty") {
      this.send({ is: "unimplemented", message }); // Level 3
      return;
    }
    const { interfaceId, methodId, params } = message;
    const id = this.#newAnswerId(message.questionId);
    const target = this.#target(message.target);
    const caps = this.#adoptFor(target, params.capTable);
    const payload = { content: params.content, caps };
    const answer = new Answer(this.#answers, id, interfaceId, methodId, payload, this.#caller);
    this.#answers.add(answer);
    answer.start(target);
    target.release();
  }

  #answerBootstrap(questionId: number): void {
    const id = this.#newAnswerId(questionId);
    const nothing = { content: CAPABILITY_CONTENT, caps: NO_CAPS };
    const answer = new Answer(this.#answers, id, 0n, 0, nothing, this.#caller);
    this.#answers.add(answer);
    const root = this.#bootstrap();
    if (root.broken === undefined) answer.returned({ content: CAPABILITY_CONTENT, caps: [root] });
    else answer.failed(root.broken);
  }

  #newAnswerId(questionId: number): AnswerId {
    if (this.#answers.get(questionId) !== undefined) {
      throw violation(`question ${questionId} was asked twice`);
    }
    return questionId as AnswerId; // the peer's question is our answer
  }

  /** What a message of the peer's is addressed to, with a reference. */
  #target(target: MessageTarget): Hook {
    if (target.is === "promisedAnswer") return this.#adoption.promisedAnswer(target.answer);
    const hook = this.#exports.hookAt(target.id);
    if (hook === undefined) throw violation(`a message to export ${target.id}, which is not there`);
    return hook.retain();
  }

  #resolve(message: ResolveMessage): void {
    const { promiseId, resolution } = message;
    switch (resolution.is) {
      case "cap": {
        const hook = this.#adoption.adopt(resolution.cap) ?? this.#broken("the null capability");
        this.#imports.resolve(promiseId, hook, isReflected(resolution.cap));
        return;
      }
      case "exception": {
        const broken = new BrokenHook(this.turns, errorOf(resolution.exception));
        this.#imports.resolve(promiseId, broken, false);
        return;
      }
      case "unknown":
        this.send({ is: "unimplemented", message }); // the promise goes on being a promise
        return;
      default:
        resolution satisfies never;
    }
  }

  #disembargo(message: DisembargoMessage): void {
    const { context } = message;
    switch (context.is) {
      case "senderLoopback": {
        const target = this.#target(message.target);
        try {
          this.#reflect(target, context.embargoId);
        } finally {
          target.release();
        }
        return;
      }
      case "receiverLoopback":
        this.#embargoes.lift(context.embargoId);
        return;
      case "unknown":
        this.send({ is: "unimplemented", message }); // Level 3
        return;
      default:
        context satisfies never;
    }
  }

  /**
   * Sends a Disembargo back to where the calls before it went, which must be the peer
   * (rpc.capnp Disembargo.senderLoopback). Calls pass through here without waiting, so those before
   * it have left; only a target that is still a promise must be waited for.
   */
  #reflect(target: Hook, embargoId: number): void {
    const end = target.resolved();
    const place = end instanceof RemotePromise ? end.target : end;
    if (place instanceof RemoteTarget && place.link === this) {
      this.send({
        is: "disembargo",
        target: place.target,
        context: { is: "receiverLoopback", embargoId },
      });
    } else if (end.settled) {
      throw violation("Disembargo of something that does not point back to its sender");
    } else {
      end.whenResolved((resolution) => this.#reflectLater(resolution, embargoId));
    }
  }

  #reflectLater(target: Hook, embargoId: number): void {
    if (this.#over !== undefined) return;
    try {
      this.#reflect(target, embargoId);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The peer echoes what it did not understand; where that can be mended, it is. */
  #unimplemented(message: Message): void {
    switch (message.is) {
      case "call":
      case "bootstrap":
        this.#questions.unimplemented(message.questionId);
        return;
      case "resolve":
        this.#releaseResolution(message);
        return;
      case "return":
      case "finish":
      case "release":
      case "abort":
      case "unimplemented":
      case "unknown":
        this.#ignored += 1; // nothing of ours depends on it
        return;
      case "disembargo":
        throw violation("the peer cannot disembargo, so the order of calls cannot be kept");
      default:
        message satisfies never;
    }
  }

  /** As if the peer had released the capability to which the promise was resolved. */
  #releaseResolution({ resolution }: ResolveMessage): void {
    if (resolution.is !== "cap") return;
    const { cap } = resolution;
    if (cap.is === "senderHosted" || cap.is === "senderPromise") this.#exports.release(cap.id, 1);
  }

  #aborted(cause: RpcError): void {
    const error = RpcError.disconnected(`the peer aborted the connection: ${cause.message}`, {
      blame: "peer",
      cause,
    });
    this.#end(error);
    this.#outbox.discard();
    this.#outbox.close(error);
  }

  #adoptFor(target: Hook, capTable: CallMessage["params"]["capTable"]) {
    try {
      return this.#adoption.adoptAll(capTable);
    } catch (error) {
      target.release();
      throw error;
    }
  }

  #broken(reason: string): BrokenHook {
    return new BrokenHook(this.turns, RpcError.failed(reason));
  }

  #failed(error: unknown): void {
    if (error instanceof RpcError) this.abort(error);
    else this.abort(RpcError.failed("internal error", { code: "PROTOCOL", cause: error }));
  }

  /** Everything on the four tables is lost (rpc.capnp "The Four Tables"). */
  #end(error: RpcError): void {
    const lost = RpcError.disconnected(error.message, { blame: error.blame, cause: error });
    this.#over = new BrokenHook(this.turns, unexecuted(lost));
    this.#questions.lose(this.#over);
    this.#answers.lose();
    this.#embargoes.lose(this.#over);
    this.#imports.lose(this.#over);
    this.#exports.lose();
  }
}

/** How much of everything there is. */
export interface ConnectionStats {
  readonly questions: number;
  readonly answers: number;
  readonly exports: number;
  readonly imports: number;
  readonly embargoes: number;
  readonly messagesSent: number;
  readonly messagesIgnored: number;
}
