import {
  type Hook,
  type Payload,
  releaseCaps,
  type Results,
  type ResultsSink,
  type RpcError,
} from "../../src/rpc/index.ts";
import { request, textOf } from "./test-content.ts";

/** A call that the test made. It holds the results until `release`. */
export class MadeCall implements ResultsSink {
  readonly results: Results;
  payload: Payload | undefined;
  error: RpcError | undefined;
  #released = false;

  constructor(results: Results) {
    this.results = results;
    results.whenReturned(this);
  }

  returned(payload: Payload): void {
    if (this.#released) releaseCaps(payload);
    else this.payload = payload;
  }

  failed(error: RpcError): void {
    this.error = error;
  }

  /** What came of it, in a word. */
  get outcome(): string {
    if (this.payload !== undefined) return textOf(this.payload.content);
    return this.error === undefined ? "waiting" : `failed: ${this.error.message}`;
  }

  /** A capability in the results, whether they are there or not, with a reference. */
  pipeline(index = 0): Hook {
    return this.results.pipeline([index]);
  }

  release(): void {
    this.#released = true;
    if (this.payload !== undefined) releaseCaps(this.payload);
    this.payload = undefined;
    this.results.release();
  }
}

/** Calls method `text`; each reference to a capability passes to the callee. */
export function call(hook: Hook, text: string, ...caps: readonly (Hook | undefined)[]): MadeCall {
  return new MadeCall(hook.call(request(text, ...caps)));
}
