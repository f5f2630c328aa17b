import { BrokenHook } from "./broken-hook.ts";
import { perhapsExecuted, type RpcError } from "./exception.ts";
import { type Hook, type Payload, Results, type ResultsSink } from "./hook.ts";
import { type Link } from "./link.ts";
import { type Path } from "./messages.ts";
import { NO_RESULTS, nullCapability, releaseCaps } from "./payload.ts";
import { type TurnQueue } from "./turn-queue.ts";

/**
 * Paces the streaming calls (`-> stream`) to one capability at the peer. Each is sent at once; to its
 * caller it returns as soon as the next one may be made, so who waits for each keeps the window full
 * and no fuller. Nothing of it is on the wire, and the peer answers each call like any other.
 *
 *   open     calls wait for admission   room in the window admits all of them
 *            a call fails: failed       they fail with it
 *   failed   no further call is made
 *
 * Invariant: a call is under way until it has returned, whoever lets go of it or of the capability.
 */
export class StreamWindow {
  readonly #link: Link;
  readonly #waiting: StreamedResults[] = [];
  /** Of the calls under way, and of the largest there ever was, in 8-byte words. */
  #words = 0;
  #largestWords = 0;
  #failure: RpcError | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  /** What the first call to fail has failed with: the stream has a hole from there on. */
  get failure(): RpcError | undefined {
    return this.#failure;
  }

  get turns(): TurnQueue {
    return this.#link.turns;
  }

  /** Size of the calls under way, in 8-byte words. */
  get words(): number {
    return this.#words;
  }

  /** A call was sent; takes its results over, and returns them as its caller sees them. */
  sent(results: Results, sizeWords: number): Results {
    this.#words += sizeWords;
    this.#link.streamWords += sizeWords;
    this.#largestWords = Math.max(this.#largestWords, sizeWords);
    const call = new StreamedResults(this, results, sizeWords);
    this.#waiting.push(call);
    results.whenReturned(call);
    this.#admit();
    return call;
  }

  /** A call has returned, or failed. */
  over(sizeWords: number, error: RpcError | undefined): void {
    this.#words -= sizeWords;
    this.#link.streamWords -= sizeWords;
    this.#failure ??= error;
    this.#admit();
  }

  #admit(): void {
    if (this.#failure === undefined && !this.#ready) return;
    for (const call of this.#waiting.splice(0)) call.settle(this.#failure);
  }

  /**
   * The largest call is added to the window, or calls a little larger than half of it would go one
   * at a time (C++ `RpcFlowController`).
   */
  get #ready(): boolean {
    const { streamWindowWords } = this.#link.limits;
    const largest = this.#largestWords;
    return this.#words <= largest || this.#words < streamWindowWords + largest;
  }
}

/** The results of a streaming call, of which there is nothing but that the next may be made. */
class StreamedResults extends Results implements ResultsSink {
  readonly #window: StreamWindow;
  readonly #results: Results;
  readonly #sizeWords: number;
  #outcome: "waiting" | "admitted" | RpcError = "waiting";
  #sink: ResultsSink | undefined;

  constructor(window: StreamWindow, results: Results, sizeWords: number) {
    super();
    this.#window = window;
    this.#results = results;
    this.#sizeWords = sizeWords;
  }

  pipeline(_path: Path): Hook {
    return new BrokenHook(this.#window.turns, nullCapability());
  }

  whenReturned(sink: ResultsSink): void {
    this.#sink = sink;
    this.#tell();
  }

  /** The next call may be made, or the stream has failed. */
  settle(failure: RpcError | undefined): void {
    this.#outcome = failure === undefined ? "admitted" : perhapsExecuted(failure);
    this.#tell();
  }

  returned(results: Payload): void {
    releaseCaps(results);
    this.#over(undefined);
  }

  failed(error: RpcError): void {
    this.#over(error);
  }

  retain(): this {
    return this;
  }

  release(): void {
    // The window holds the call: a stream with a hole is worth nothing.
  }

  #over(error: RpcError | undefined): void {
    this.#results.release();
    this.#window.over(this.#sizeWords, error);
  }

  #tell(): void {
    const outcome = this.#outcome;
    if (outcome === "waiting") return;
    const sink = this.#sink;
    this.#sink = undefined;
    if (outcome === "admitted") sink?.returned(NO_RESULTS);
    else sink?.failed(outcome);
  }
}
