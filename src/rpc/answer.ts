import { BrokenHook, FailedResults } from "./broken-hook.ts";
import { RpcError } from "./exception.ts";
import { exceptionOf } from "./exception-message.ts";
import { type Exports, strictly } from "./export.ts";
import {
  type Caller,
  type Hook,
  type Payload,
  type Request,
  type Results,
  type ResultsSink,
} from "./hook.ts";
import { type AnswerId, type ExportId } from "./ids.ts";
import { type Link } from "./link.ts";
import { type CallMessage, type Path, type ReturnOutcome } from "./messages.ts";
import { CAPABILITY_CONTENT, callWords, capabilityIn, NO_CAPS, releaseCaps } from "./payload.ts";
import { type TraceContext } from "./trace-context.ts";

/** What an answer needs of the table it is in. */
export interface Answerer {
  readonly link: Link;
  readonly exports: Exports;
  remove(answer: Answer): void;
  /** The peer is done with it, and it goes on: others wait for the results, or its method takes no notice. */
  linger(answer: Answer, results: Results): void;
  /** A call that may have lingered has come to its end. */
  over(answer: Answer): void;
}

/**
 * A call that the peer asked of us.
 *
 *   running    the object has it          its outcome: returned, failed or ended
 *                                         Finish: ended, and Return says canceled (at the end of
 *                                         the event-loop turn, if it asked for that)
 *   returned   results with capabilities  Finish: ended; the Return cannot be written: failed
 *   failed     the error                  Finish: ended
 *   forwarded  a tail call to the peer    Finish: ended
 *   kept       results that the peer      `take` hands them to a question of our own
 *              wants kept here            Finish: ended
 *   ended      not in the table; the id is the peer's again
 *
 * Results without capabilities need no Finish (Return.noFinishNeeded): they end at once.
 * Invariant: exactly one Return. While `returned`, pipelined calls go strictly to what the Return
 * described, whatever it is resolved to later.
 */
export class Answer implements Request, ResultsSink {
  readonly id: AnswerId;
  readonly interfaceId: bigint;
  readonly methodId: number;
  readonly params: Payload;
  /** What it counts as, in 8-byte words. */
  readonly words: number;
  readonly caller: Caller;
  readonly trace: TraceContext | undefined;
  /** How many unanswered calls it waited for when it came. */
  readonly depth: number;
  readonly sinceMs: number;
  /** The connection, so that a call that goes back out on it becomes a tail call. */
  readonly returnTo: object | undefined;
  /** Call.sendResultsTo.yourself. */
  readonly #keep: boolean;
  /** Call.noPromisePipelining: nothing will be addressed to the results, so none are kept for that. */
  readonly #unpipelined: boolean;
  readonly #answerer: Answerer;
  #taker: ResultsSink | undefined;
  is: "running" | "returned" | "failed" | "forwarded" | "kept" | "ended" = "running";
  /** Finish has come and waits for the end of the event-loop turn. */
  finishing = false;
  #results: Results | undefined;
  #returned: Payload | undefined;
  #exported: readonly ExportId[] = NO_CAPS;
  #error: RpcError | undefined;

  constructor(
    answerer: Answerer,
    id: AnswerId,
    message: CallMessage | undefined,
    params: Payload,
    caller: Caller,
    depth: number,
  ) {
    this.#answerer = answerer;
    this.id = id;
    this.interfaceId = message?.interfaceId ?? 0n;
    this.methodId = message?.methodId ?? 0;
    this.params = params;
    this.words = callWords(params.content, params.caps.length);
    this.caller = caller;
    this.trace = message?.trace;
    this.sinceMs = answerer.link.nowMs;
    this.depth = depth;
    this.#keep = message?.sendResultsTo === "yourself";
    this.#unpipelined = message?.noPromisePipelining === true;
    this.returnTo = this.#keep ? undefined : answerer.link;
  }

  /** The root capability, whose reference it takes over. */
  returnRoot(root: Hook): void {
    if (root.broken === undefined) this.returned({ content: CAPABILITY_CONTENT, caps: [root] });
    else this.failed(root.broken);
  }

  /** The call is not made. */
  refuse(error: RpcError, releaseParamCaps: boolean): void {
    if (this.#keep) {
      this.#results = new FailedResults(this.#answerer.link.turns, error);
      this.#kept(releaseParamCaps);
      return;
    }
    this.is = "failed";
    this.#error = error;
    this.#send({ is: "exception", exception: exceptionOf(error) }, false, releaseParamCaps);
  }

  /** Makes the call on its target. */
  start(target: Hook): void {
    const results = target.call(this);
    this.#results = results;
    results.whenReturned(this);
    if (this.is === "returned" || this.is === "failed" || this.is === "ended") this.#letGo();
  }

  /** What a pipelined call, or a reference to a result, means; with a reference for the asker. */
  targetAt(path: Path): Hook {
    const { turns } = this.#answerer.link;
    if (this.#unpipelined) return new BrokenHook(turns, brokenPromise());
    if (this.#returned !== undefined) return capabilityIn(this.#returned, path, turns);
    if (this.#error !== undefined) return new BrokenHook(turns, this.#error);
    if (this.#results !== undefined) return this.#results.pipeline(path);
    throw new Error("an answer without an outcome has no results either");
  }

  returned(results: Payload): void {
    if (this.is === "ended") this.#answerer.over(this);
    if (this.#keep) {
      if (this.#taker === undefined) releaseCaps(results);
      else this.#taker.returned(results);
      this.#kept();
      return;
    }
    if (this.is !== "running") {
      releaseCaps(results);
      return;
    }
    if (results.caps.length === 0) this.#returnPlain(results);
    else this.#returnCapabilities(results);
    this.#letGo();
  }

  failed(error: RpcError): void {
    if (this.is === "ended") this.#answerer.over(this);
    if (this.#keep) {
      this.#taker?.failed(error);
      this.#kept();
      return;
    }
    if (this.is !== "running") return;
    this.is = "failed";
    this.#error = error;
    this.#send({ is: "exception", exception: exceptionOf(error) }, false);
    if (this.#results?.pending !== true) this.#letGo(); // else it was cancelled, and its method goes on
  }

  forgotten(): void {
    this.#answerer.over(this);
  }

  /** The call went back to the peer, which has the results already. */
  keptByPeer(questionId: number): void {
    if (this.is === "ended") this.#answerer.over(this);
    if (this.is !== "running") return;
    this.is = "forwarded";
    this.#send({ is: "takeFromOtherQuestion", questionId }, false);
  }

  /**
   * The results that we were asked to keep, with a reference; `taker` gets their outcome. It is
   * undefined when they were not to be kept, or are taken already.
   */
  take(taker: ResultsSink): Results | undefined {
    if (!this.#keep || this.#taker !== undefined) return undefined;
    this.#taker = taker;
    return this.#results?.retain();
  }

  /** Tells the taker, if the results are there already. */
  handOver(): void {
    if (this.is === "kept" && this.#taker !== undefined) this.#results?.whenReturned(this.#taker);
  }

  /** The peer is done with the call. */
  finish(releaseResultCaps: boolean): void {
    const underWay = this.is === "running";
    this.end();
    if (underWay) this.#send({ is: "canceled" }, false);
    else if (releaseResultCaps) this.#releaseExported();
  }

  /** The results gave these references to the peer as well. */
  exportedMore(ids: readonly ExportId[]): void {
    this.#exported = [...this.#exported, ...ids];
  }

  /** The Return cannot be written and says `error` instead: nothing of the results was given away. */
  unsent(error: RpcError): void {
    if (this.is !== "returned" && this.is !== "forwarded") return;
    this.is = "failed";
    this.#error = error;
    this.#releaseExported();
    this.#releaseReturned();
  }

  /** Leaves the table; what still runs only for this answer is cancelled. */
  end(): void {
    this.is = "ended";
    this.#answerer.remove(this);
    const results = this.#results;
    this.#letGo();
    if (results?.pending === true) this.#answerer.linger(this, results);
    this.#releaseReturned();
  }

  #kept(releaseParamCaps = false): void {
    if (this.is !== "running") return;
    this.is = "kept";
    this.#send({ is: "resultsSentElsewhere" }, false, releaseParamCaps);
  }

  #letGo(): void {
    const results = this.#results;
    this.#results = undefined;
    results?.release();
  }

  #releaseReturned(): void {
    const returned = this.#returned;
    this.#returned = undefined;
    if (returned !== undefined) releaseCaps(returned);
  }

  /** The references that the Return gave to the peer. */
  #releaseExported(): void {
    for (const id of this.#exported) this.#answerer.exports.release(id, 1);
    this.#exported = NO_CAPS;
  }

  #returnPlain(results: Payload): void {
    this.is = "ended";
    this.#answerer.remove(this);
    const payload = { content: results.content, capTable: NO_CAPS };
    this.#send({ is: "results", payload }, true);
  }

  #returnCapabilities(results: Payload): void {
    const { exports, link } = this.#answerer;
    const { maxExports, maxCapTable } = link.limits;
    if (exports.size + results.caps.length > maxExports || results.caps.length > maxCapTable) {
      releaseCaps(results);
      this.failed(RpcError.overloaded("too many capabilities are held"));
      return;
    }
    const exported: ExportId[] = [];
    const payload = exports.describeAll(results, exported);
    this.is = "returned";
    if (!this.#unpipelined) {
      const strict = results.caps.map((cap) => cap && strictly(cap, link).retain());
      this.#returned = { content: results.content, caps: strict };
    }
    this.#exported = exported;
    this.#send({ is: "results", payload }, false);
    exports.announce();
    releaseCaps(results);
  }

  #send(outcome: ReturnOutcome, noFinishNeeded: boolean, releaseParamCaps = false): void {
    this.#answerer.link.send({
      is: "return",
      answerId: this.id,
      releaseParamCaps,
      noFinishNeeded,
      outcome,
    });
  }
}

function brokenPromise(): RpcError {
  return RpcError.failed("this call was said to have nothing pipelined on it", { blame: "peer" });
}
