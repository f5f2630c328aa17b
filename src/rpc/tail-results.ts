import { perhapsExecuted, RpcError } from "./exception.ts";
import { type Hook, type Payload, Results, type ResultsSink, type TailEnded } from "./hook.ts";
import { type Path } from "./messages.ts";

/** The results of a tail call as those of the call that made it: which did run, if that did not. */
export class TailResults extends Results {
  readonly #inner: Results;
  #ended: TailEnded | undefined;

  /** Takes over the reference; `ended` is told once, if anybody asks for the outcome. */
  constructor(inner: Results, ended?: TailEnded) {
    super();
    this.#inner = inner;
    this.#ended = ended;
  }

  pipeline(path: Path): Hook {
    return this.#inner.pipeline(path);
  }

  whenReturned(sink: ResultsSink): void {
    const ended = this.#ended;
    this.#ended = undefined;
    this.#inner.whenReturned(new TailSink(sink, ended));
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
  #ended: TailEnded | undefined;

  constructor(sink: ResultsSink, ended: TailEnded | undefined) {
    this.#sink = sink;
    this.#ended = ended;
  }

  get returnTo(): object | undefined {
    return this.#sink.returnTo;
  }

  returned(results: Payload): void {
    this.#tell(undefined, results);
    this.#sink.returned(results);
  }

  failed(error: RpcError): void {
    const mine = perhapsExecuted(error);
    this.#tell(mine, undefined);
    this.#sink.failed(mine);
  }

  forgotten(): void {
    const error = RpcError.failed("the caller gave the call up", { code: "CANCELED" });
    this.#tell(error, undefined, true);
    this.#sink.forgotten?.();
  }

  keptByPeer(questionId: number): void {
    this.#tell(undefined, undefined);
    this.#sink.keptByPeer?.(questionId);
  }

  /** Once: what was cancelled is told of again when its method has ended. */
  #tell(...how: Parameters<TailEnded>): void {
    const ended = this.#ended;
    this.#ended = undefined;
    ended?.(...how);
  }
}
