import { expect } from "vitest";
import {
  type Hook,
  type IncomingCall,
  LocalHook,
  RpcError,
  type Servant,
  type TurnQueue,
} from "../../src/rpc/index.ts";
import { TestContent, textOf } from "./test-content.ts";

/** An object whose calls wait until the test takes them. The test holds one reference to it. */
export class TestObject implements Servant {
  readonly name: string;
  readonly hook: LocalHook;
  readonly #waiting: TakenCall[] = [];
  gone = false;

  constructor(name: string, turns: TurnQueue) {
    this.name = name;
    this.hook = new LocalHook(turns, this, name);
  }

  deliver(call: IncomingCall): void {
    this.#waiting.push(new TakenCall(call));
  }

  dropped(): void {
    this.gone = true;
  }

  /** The methods that have arrived and were not taken yet. */
  get arrived(): readonly string[] {
    return this.#waiting.map(({ method }) => method);
  }

  /** Asserts that the next call to have arrived is this one. */
  takes(method: string): TakenCall {
    const call = this.#waiting.shift();
    expect(call?.method, `the next call at ${this.name}`).toBe(method);
    return call!;
  }

  /** A reference to hand out. */
  ref(): Hook {
    return this.hook.retain();
  }
}

/** A call that has arrived, for the test to end. */
export class TakenCall {
  readonly call: IncomingCall;
  canceled = false;

  constructor(call: IncomingCall) {
    this.call = call;
    call.onCanceled(() => (this.canceled = true));
  }

  get method(): string {
    return textOf(this.call.params.content);
  }

  /** A capability among the parameters, with a reference. */
  param(index = 0): Hook {
    return this.call.params.caps[index]!.retain();
  }

  /** Each reference passes to the results. */
  returns(text: string, ...caps: readonly (Hook | undefined)[]): void {
    this.call.returns({ content: new TestContent(text), caps });
  }

  throws(reason: string): void {
    this.call.throws(RpcError.failed(reason));
  }
}
