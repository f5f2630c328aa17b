import { unexecuted, type RpcError } from "./exception.ts";
import { Hook, type Request, Results, type ResultsSink } from "./hook.ts";
import { type TurnQueue } from "./turn-queue.ts";

/** A capability that fails every call with one error. It holds nothing, so it is not counted. */
export class BrokenHook extends Hook {
  readonly turns: TurnQueue;
  readonly broken: RpcError;

  constructor(turns: TurnQueue, error: RpcError) {
    super();
    this.turns = turns;
    this.broken = error;
  }

  call(request: Request): Results {
    for (const cap of request.params.caps) cap?.release();
    return new FailedResults(this.turns, unexecuted(this.broken));
  }

  resolved(): this {
    return this;
  }

  get settled(): boolean {
    return true;
  }

  whenResolved(): () => void {
    return () => {};
  }

  retain(): this {
    return this;
  }

  release(): void {
    // nothing is held
  }
}

/** The results of a call that failed before it began. */
export class FailedResults extends Results {
  readonly #turns: TurnQueue;
  readonly #error: RpcError;

  constructor(turns: TurnQueue, error: RpcError) {
    super();
    this.#turns = turns;
    this.#error = error;
  }

  pipeline(): Hook {
    return new BrokenHook(this.#turns, this.#error);
  }

  whenReturned(sink: ResultsSink): void {
    sink.failed(this.#error);
  }

  retain(): this {
    return this;
  }

  release(): void {
    // nothing is held
  }
}
