import { type AnonymousPeer, type Peer } from "../base/index.ts";
import { Adoption, isReflected } from "./adoption.ts";
import { Answers } from "./answers.ts";
import { BrokenHook } from "./broken-hook.ts";
import { type CallStatistics } from "./call-statistics.ts";
import { type ConnectionOptions, type RpcObserver } from "./connection-options.ts";
import { Embargoes } from "./embargo.ts";
import { RpcError, unexecuted } from "./exception.ts";
import { errorOf, exceptionOf } from "./exception-message.ts";
import { Exports } from "./export.ts";
import { type Caller, type Hook, type Request, type Results } from "./hook.ts";
import { Imports } from "./import.ts";
import { IncomingCalls } from "./incoming-calls.ts";
import {
  brokenRules,
  type ConnectionDump,
  type ConnectionStats,
  type DumpOptions,
  dumpOf,
  statsOf,
  type Tables,
  wireName,
} from "./inspect.ts";
import { DEFAULT_RPC_LIMITS, type RpcLimits } from "./limits.ts";
import { type Link } from "./link.ts";
import {
  type DisembargoMessage,
  type Message,
  type MessageTarget,
  type ResolveMessage,
} from "./messages.ts";
import { type Action, Outbox } from "./outbox.ts";
import { Questions } from "./questions.ts";
import { Reflections } from "./reflection.ts";
import { type TurnQueue } from "./turn-queue.ts";
import { cutOff, violation } from "./violation.ts";

/**
 * One connection's side of the RPC protocol: messages and local calls in, actions out. It never
 * waits and calls no user code; the owner drains the turns and takes the actions.
 */
export class Connection implements Link {
  readonly turns: TurnQueue;
  readonly limits: RpcLimits;
  /** What `since` and `last call` in dumps are measured by; the owner sets it when it likes. */
  nowMs: number;
  /** Bytes received and sent, as the owner counts them. */
  bytesIn = 0;
  bytesOut = 0;
  readonly #sinceMs: number;
  readonly #methodName: (interfaceId: bigint, methodId: number) => string;
  #messagesIn = 0;
  streamWords = 0;
  peerKeepsResults = false;
  readonly #caller: Caller;
  readonly #outbox: Outbox;
  readonly #exports: Exports;
  readonly #imports: Imports;
  readonly #answers: Answers;
  readonly #embargoes: Embargoes;
  readonly #adoption: Adoption;
  readonly #questions: Questions;
  readonly #incoming: IncomingCalls;
  readonly #reflections: Reflections;
  readonly #observer: RpcObserver | undefined;
  #over: BrokenHook | undefined;
  #ignored = 0;

  constructor(options: ConnectionOptions) {
    this.turns = options.turns;
    this.limits = { ...DEFAULT_RPC_LIMITS, ...options.limits };
    this.#caller = options.caller;
    this.#observer = options.observer;
    this.#methodName = options.methodName ?? wireName;
    this.#sinceMs = this.nowMs = options.nowMs ?? 0;
    this.#outbox = new Outbox(options.wake, options.early);
    this.#exports = new Exports(this);
    this.#imports = new Imports(this);
    this.#answers = new Answers(this, this.#exports);
    this.#embargoes = new Embargoes(this);
    this.#adoption = new Adoption(this, this.#imports, this.#exports, this.#answers);
    this.#questions = new Questions(
      this,
      this.#outbox,
      this.#exports,
      this.#answers,
      this.#adoption,
    );
    this.#incoming = new IncomingCalls(this.#answers, this.#adoption, options);
    this.#reflections = new Reflections(this, this.#exports, this.#adoption, (error) =>
      this.#failed(error),
    );
  }

  /** The peer's root capability, usable at once, with a reference for the asker. */
  bootstrap(): Hook {
    return this.#questions.bootstrap();
  }

  /** What the owner must do, in this order; each action is handed over once. */
  takeActions(): readonly Action[] {
    return this.#outbox.take();
  }

  /**
   * Of an `early` connection, what may leave with our last message of the handshake: everything up
   * to the first call that carries credentials or is made on behalf of another peer, unless
   * `everything` may. The rest waits for {@link peerProven}.
   */
  takeEarlyActions(everything: boolean): readonly Action[] {
    return this.#outbox.takeEarly(everything);
  }

  /** The peer of an `early` connection has proven its key. */
  peerProven(): void {
    this.#outbox.open();
  }

  /** How many calls of the peer's are under way, or wait to be finished. */
  get callsUnderWay(): number {
    return this.#answers.load;
  }

  /** Whether nothing is held or awaited on either side. */
  get idle(): boolean {
    const { questions, canceledQuestions, answers, exports, imports, embargoes } = this.stats;
    return questions - canceledQuestions + answers + exports + imports + embargoes === 0;
  }

  get stats(): ConnectionStats {
    return statsOf(this.#tables);
  }

  /** Who holds what, as plain JSON. */
  dump(options: DumpOptions = {}): ConnectionDump {
    return dumpOf(this.#tables, options);
  }

  /** All that has gone through, calls and the rest. */
  get traffic(): CallStatistics {
    return {
      messagesIn: this.#messagesIn,
      messagesOut: this.#outbox.sent,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      capabilitiesIn: this.#adoption.adopted,
      capabilitiesOut: this.#exports.described,
    };
  }

  /** The invariants that do not hold, in words; empty unless there is a bug in this library. */
  check(): readonly string[] {
    return brokenRules(this.#tables);
  }

  /** One message of the peer's. What breaks the protocol aborts the connection. */
  receive(message: Message): void {
    if (this.#over !== undefined) return;
    this.#messagesIn += 1;
    try {
      this.#dispatch(message);
    } catch (error) {
      this.#failed(error);
    }
  }

  /**
   * A message that was taken cannot be written: the call that it belongs to fails. What must not leave
   * without it disappears from the actions that were taken with it.
   */
  unsendable(message: Message, error: RpcError): void {
    if (this.#over !== undefined) return;
    const outcome = { is: "exception", exception: exceptionOf(error) } as const;
    if (message.is === "call") {
      this.#questions.unsent(message, unexecuted(error));
    } else if (message.is === "return" && message.outcome.is === "results") {
      this.#answers.get(message.answerId)?.unsent(error);
      this.send({ ...message, outcome });
    } else {
      this.abort(error);
    }
  }

  /** The event-loop turn in which messages were received is over, and its turns are drained. */
  turnEnded(): void {
    this.#answers.turnEnded();
  }

  /** The road is gone: what had not left will not, and everything that crossed it is lost. */
  disconnect(error: RpcError): void {
    if (this.#over === undefined) this.#end(error);
  }

  /** Ends the connection, telling the peer why. What had not left before will not leave any more. */
  abort(error: RpcError): void {
    if (this.#over !== undefined) return;
    this.#end(error, { is: "abort", exception: exceptionOf(error) });
  }

  // Link: what the table entries and hooks use.

  get peer(): Peer | AnonymousPeer {
    return this.#caller.peer;
  }

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
        this.#incoming.call(message);
        return;
      case "return":
        if (!this.#questions.return(message)) this.#ignore(message);
        this.#boundEmbargoes();
        return;
      case "finish": {
        const { questionId, releaseResultCaps } = message;
        const later = message.requireEarlyCancellationWorkaround;
        if (!this.#answers.finish(questionId, releaseResultCaps, later)) this.#ignore(message);
        return;
      }
      case "release":
        if (!this.#exports.release(message.id, message.referenceCount)) this.#ignore(message);
        return;
      case "resolve":
        this.#resolve(message);
        this.#boundEmbargoes();
        if (this.#imports.size > 2 * this.limits.maxImports) throw cutOff("imports");
        return;
      case "disembargo":
        this.#disembargo(message);
        return;
      case "bootstrap":
        this.peerKeepsResults ||= message.keepsResults === true;
        this.#incoming.bootstrap(message.questionId);
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
      case "senderLoopback":
        this.#reflections.begin(message.target, context.embargoId);
        return;
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
        this.#ignore(message); // nothing of ours depends on it
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
  }

  #broken(reason: string): BrokenHook {
    return new BrokenHook(this.turns, RpcError.failed(reason));
  }

  get #tables(): Tables {
    return {
      peer: this.#caller.peer,
      over: this.#over?.broken,
      questions: this.#questions,
      answers: this.#answers,
      exports: this.#exports,
      imports: this.#imports,
      embargoes: this.#embargoes,
      reflections: this.#reflections,
      streamWords: this.streamWords,
      messagesQueued: this.#outbox.queued,
      messagesSent: this.#outbox.sent,
      messagesIgnored: this.#ignored,
      traffic: this.traffic,
      sinceMs: this.#sinceMs,
      nowMs: this.nowMs,
      methodName: this.#methodName,
    };
  }

  #ignore(message: Message): void {
    this.#ignored += 1;
    this.#observer?.ignored?.(message);
  }

  #boundEmbargoes(): void {
    if (this.#embargoes.size > 2 * this.limits.maxEmbargoes) throw cutOff("embargoes");
  }

  #failed(error: unknown): void {
    if (error instanceof RpcError) this.abort(error);
    else this.abort(RpcError.failed("internal error", { code: "PROTOCOL", cause: error }));
  }

  /** Everything on the four tables is lost (rpc.capnp "The Four Tables"), and all that waits to leave. */
  #end(error: RpcError, farewell?: Message): void {
    const lost = RpcError.disconnected(error.message, { blame: error.blame, cause: error });
    this.#over = new BrokenHook(this.turns, unexecuted(lost));
    this.#questions.lose(this.#over);
    this.#answers.lose(this.#over);
    this.#embargoes.lose(this.#over);
    this.#reflections.lose();
    this.#imports.lose(this.#over);
    this.#exports.lose();
    this.#outbox.discard();
    if (farewell !== undefined) this.#outbox.send(farewell);
    this.#outbox.close(error);
  }
}
