import { perhapsExecuted, type RpcError } from "./exception.ts";
import { type Hook, type Payload, Results, type ResultsSink } from "./hook.ts";
import { type Path } from "./messages.ts";

/** The results of a tail call as those of the call that made it: which did run, if that did not. */
export class TailResults extends Results {
  readonly #inner: Results;

  /** Takes over the reference. */
  constructor(inner: Results) {
    super();
    this.#inner = inner;
  }

  pipeline(path: Path): Hook {
    return this.#inner.pipeline(path);
  }

  whenReturned(sink: ResultsSink): void {
    this.#inner.whenReturned(new TailSink(sink));
  }

  override get pending(): boolean {
    return this.#inner.pending;
  }

  override cancel(error: RpcError): void {
    this.#inner.cancel(error);
  }

  retain(): this {
    this.#inner.retain();
    return this;
  }

  release(): void {
    this.#inner.release();
  }
}

class TailSink implements ResultsSink {
  readonly #sink: ResultsSink;

  constructor(sink: ResultsSink) {
    this.#sink = sink;
  }

  get returnTo(): object | undefined {
    return this.#sink.returnTo;
  }

  returned(results: Payload): void {
    this.#sink.returned(results);
  }

  failed(error: RpcError): void {
    this.#sink.failed(perhapsExecuted(error));
  }

  forgotten(): void {
    this.#sink.forgotten?.();
  }

  keptByPeer(questionId: number): void {
    this.#sink.keptByPeer?.(questionId);
  }
}
