import { BrokenHook } from "./broken-hook.ts";
import { type RpcError } from "./exception.ts";
import { type Hook, type Payload, Results, type ResultsSink } from "./hook.ts";
import { type Path } from "./messages.ts";
import { capabilityIn, releaseCaps, retainCaps } from "./payload.ts";
import { type TurnQueue } from "./turn-queue.ts";

/**
 * What all results have in common: references, one sink, and an outcome.
 *
 *   pending    the call is under way       `settle…` or `forwardTo` ends it; the last release
 *                                          makes it abandoned
 *   returned   a payload is held           until the last release
 *   failed     an error is held
 *   forwarded  another call's results      are these results (a tail call)
 *   abandoned  nobody cares any more       outcomes are dropped
 *
 * Invariant: a payload or other results are held exactly while references remain. What another call
 * stands behind may go on without them, for those who hold what is pipelined on it: until that ends,
 * these are pending and can be cancelled, and their sink is not told that they are forgotten. A call
 * that was cancelled has its outcome, and its sink stays to be told when the method has ended, too.
 */
export abstract class CallResults extends Results {
  readonly turns: TurnQueue;
  #outcome: Outcome = PENDING;
  #references = 1;
  #sink: ResultsSink | undefined;

  constructor(turns: TurnQueue) {
    super();
    this.turns = turns;
  }

  /** A pipelined hook, with a reference for the asker, while the call is pending. */
  protected abstract pendingPipeline(path: Path): Hook;
  /** The last reference went while the call was pending. */
  protected abstract abandoned(): void;

  /** Nobody holds the call any more, neither these results nor what is pipelined on them. */
  protected tellForgotten(): void {
    this.#takeSink()?.forgotten?.();
  }

  override get pending(): boolean {
    const outcome = this.#outcome;
    return outcome.is === "pending" || (outcome.is === "forwarded" && outcome.results.pending);
  }

  get references(): number {
    return this.#references;
  }

  /** Where a sink that sends the results on sends them. */
  protected get sinkReturnsTo(): object | undefined {
    return this.#sink?.returnTo;
  }

  pipeline(path: Path): Hook {
    const outcome = this.#outcome;
    switch (outcome.is) {
      case "pending":
        return this.pendingPipeline(path);
      case "returned":
        return capabilityIn(outcome.payload, path, this.turns);
      case "failed":
        return new BrokenHook(this.turns, outcome.error);
      case "forwarded":
        return outcome.results.pipeline(path);
      case "abandoned":
        throw new Error("results were used after their last reference was released");
      default:
        return outcome satisfies never;
    }
  }

  whenReturned(sink: ResultsSink): void {
    const outcome = this.#outcome;
    switch (outcome.is) {
      case "pending":
        this.#sink = sink;
        return;
      case "returned":
        sink.returned(retainCaps(outcome.payload));
        return;
      case "failed":
        sink.failed(outcome.error);
        return;
      case "forwarded":
        outcome.results.whenReturned(sink);
        return;
      case "abandoned":
        return;
      default:
        outcome satisfies never;
    }
  }

  retain(): this {
    this.#references += 1;
    return this;
  }

  release(): void {
    if (this.#references === 0) throw new Error("results were released more than they were held");
    this.#references -= 1;
    if (this.#references > 0) return;
    const outcome = this.#outcome;
    if (outcome.is === "pending" || outcome.is === "returned") this.#outcome = ABANDONED;
    if (outcome.is === "pending") {
      this.abandoned();
      if (!this.pending) this.tellForgotten();
    } else if (outcome.is === "returned") releaseCaps(outcome.payload);
    else if (outcome.is === "forwarded") outcome.results.release();
  }

  override cancel(error: RpcError): void {
    const outcome = this.#outcome;
    if (outcome.is === "forwarded") outcome.results.cancel(error);
    if (outcome.is !== "pending") return;
    this.retain();
    this.abandoned();
    this.settleFailed(error);
    this.release();
  }

  /** Whether there is no outcome yet. */
  protected get open(): boolean {
    return this.#outcome.is === "pending";
  }

  /** Takes the payload over. To be called once, while pending. */
  protected settleReturned(payload: Payload): void {
    this.#outcome = new Returned(payload);
    this.#takeSink()?.returned(retainCaps(payload));
  }

  protected settleFailed(error: RpcError): void {
    this.#outcome = { is: "failed", error };
    const sink = this.#sink;
    if (!this.pending) this.#sink = undefined;
    sink?.failed(error);
  }

  /** Takes over one reference to the results that stand in for these. */
  protected forwardTo(results: Results): void {
    const sink = this.#takeSink();
    this.#outcome = { is: "forwarded", results };
    if (sink !== undefined) results.whenReturned(sink);
  }

  #takeSink(): ResultsSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }
}

type Outcome =
  | { readonly is: "pending" }
  | Returned
  | { readonly is: "failed"; readonly error: RpcError }
  | { readonly is: "forwarded"; readonly results: Results }
  | { readonly is: "abandoned" };

class Returned {
  readonly is = "returned";
  readonly payload: Payload;
  constructor(payload: Payload) {
    this.payload = payload;
  }
}

const PENDING: Outcome = { is: "pending" };
const ABANDONED: Outcome = { is: "abandoned" };
