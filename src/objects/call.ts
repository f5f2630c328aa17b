import { channel } from "node:diagnostics_channel";
import { whenAborted } from "../base/index.ts";
import { type Call, type CallOptions, type ClientOf, type InterfaceType } from "../capnp/index.ts";
import { type Path, type Payload, type Results, type ResultsSink, RpcError } from "../rpc/index.ts";
import { clientOf, clientOfHook } from "./client.ts";
import { givenUp } from "./given-up.ts";
import { type Host } from "./host.ts";
import { type CallEnded, type Method } from "./interface-definition.ts";
import { received } from "./received-content.ts";
import { ReceivedCapabilities } from "./received-capabilities.ts";
import { Reference } from "./reference.ts";

/**
 * A call under way, seen by its caller.
 *
 * It is held by whoever awaits it and by the capabilities pipelined from it. A call that neither
 * was asked of runs on to its end; one whose last pipelined capability is disposed, and that nobody
 * awaits, is over: Finish goes out, or its results are given back.
 *
 * `waiting` → `returned` | `failed`, once. No Promise exists until `then` is called.
 */
export abstract class CallBase<R> implements Call<R>, ResultsSink {
  readonly $method: Method;
  readonly #results: Results | undefined;
  #outcome: Outcome | undefined;
  #promise: Promise<unknown> | undefined;
  #resolve: ((root: unknown) => void) | undefined;
  #reject: ((error: RpcError) => void) | undefined;
  #handles: Map<string, Disposable> | undefined;
  #heldHandles = 0;
  #stopWatching: (() => void) | undefined;
  #onEnded: CallEnded | undefined;

  /** Takes over one reference to the results; an error is a call that was never made. */
  constructor(method: Method, results: Results | RpcError) {
    this.$method = method;
    if (results instanceof RpcError) {
      this.failed(results);
    } else {
      this.#results = results;
      results.whenReturned(this);
    }
  }

  then<A = R & Disposable, B = never>(
    onFulfilled?: ((results: R & Disposable) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#awaited().then(onFulfilled, onRejected);
  }

  /** Gives the call up: Finish goes out unless a pipelined capability still needs the results. */
  [Symbol.dispose](): void {
    const outcome = this.#outcome;
    if (outcome === undefined) this.#end({ is: "failed", error: givenUp() });
    else if (outcome.is === "returned") outcome.capabilities?.dispose();
  }

  /** The capability at `path` in the results; one handle a path. */
  $pipeline<T extends InterfaceType>(path: Path, type: T): ClientOf<T> {
    const handles = (this.#handles ??= new Map<string, Disposable>());
    const key = path.join();
    let handle = handles.get(key);
    if (handle === undefined) {
      handle = this.#handle(path, type);
      handles.set(key, handle);
    }
    return handle as ClientOf<T>; // a path in a schema has one type
  }

  /** Gives the call up with `error` when the signal aborts or the time runs out. */
  $watch(host: Host, { signal, timeoutMs }: CallOptions): void {
    const deafen = whenAborted(signal, () => {
      this.#end({ is: "failed", error: givenUp(signal?.reason) });
    });
    const stopClock =
      timeoutMs === undefined
        ? undefined
        : host.clock.after(timeoutMs, () => this.#end({ is: "failed", error: late(timeoutMs) }));
    this.#stopWatching = () => {
      deafen();
      stopClock?.();
    };
    if (this.#outcome !== undefined) this.#stopWatching();
  }

  /** Calls back once the call is over; with what came back, if anything did. */
  $whenEnded(callback: CallEnded): void {
    this.#onEnded = callback;
    if (this.#outcome !== undefined) this.#tellEnded(this.#outcome);
  }

  returned({ content, caps }: Payload): void {
    const capabilities = caps.length === 0 ? undefined : new ReceivedCapabilities(caps, DISPOSED);
    if (this.#outcome !== undefined) {
      capabilities?.dispose(); // given up while the results were under way
      return;
    }
    try {
      const { results } = this.$method;
      const root = received(content).root(results, capabilities);
      this.#end({ is: "returned", root, content, capabilities });
    } catch (cause) {
      capabilities?.dispose();
      this.failed(RpcError.failed("the results cannot be read", { blame: "peer", cause }));
    }
  }

  failed(error: RpcError): void {
    this.#end({ is: "failed", error });
  }

  #awaited(): Promise<R & Disposable> {
    this.#promise ??= new Promise<unknown>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (this.#outcome !== undefined) this.#settle(this.#outcome);
    });
    return this.#promise as Promise<R & Disposable>; // the method's schema says they read as R
  }

  #settle(outcome: Outcome): void {
    if (outcome.is === "returned") this.#resolve?.(outcome.root);
    else this.#reject?.(outcome.error);
  }

  #end(outcome: Outcome): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    this.#stopWatching?.();
    if (this.#onEnded !== undefined) this.#tellEnded(outcome);
    this.#results?.release();
    if (this.#promise !== undefined) this.#settle(outcome);
    else if (outcome.is === "failed") unobserved(this.$method, outcome.error);
  }

  #tellEnded(outcome: Outcome): void {
    const callback = this.#onEnded;
    this.#onEnded = undefined;
    if (outcome.is === "failed") callback?.(outcome.error, undefined, 0);
    else callback?.(undefined, outcome.content, outcome.capabilities?.size ?? 0);
  }

  #handle<T extends InterfaceType>(path: Path, type: T): ClientOf<T> {
    const outcome = this.#outcome;
    if (outcome === undefined && this.#results !== undefined) {
      this.#heldHandles += 1;
      const onReleased = () => this.#handleReleased();
      return clientOf(type, new Reference(this.#results.pipeline(path), DISPOSED, onReleased));
    }
    if (outcome?.is !== "returned") {
      return clientOf(type, new Reference(undefined, outcome?.error.message));
    }
    const index = outcome.content.capabilityAt(path);
    const hook = index === undefined ? undefined : outcome.capabilities?.hookAt(index);
    if (hook === undefined) return type.nullClient as ClientOf<T>; // the type's own
    return clientOfHook(type, hook);
  }

  #handleReleased(): void {
    this.#heldHandles -= 1;
    if (this.#heldHandles === 0 && this.#promise === undefined) this[Symbol.dispose]();
  }
}

type Outcome =
  | {
      readonly is: "returned";
      readonly root: unknown;
      readonly content: Payload["content"];
      readonly capabilities: ReceivedCapabilities | undefined;
    }
  | { readonly is: "failed"; readonly error: RpcError };

const DISPOSED = "this capability, or the results it came with, was disposed";

function late(timeoutMs: number): RpcError {
  const message = `no answer within ${timeoutMs} ms`;
  return RpcError.failed(message, { code: "TIMEOUT", blame: "network" });
}

/** A failure that nobody looks at goes here, never to `unhandledRejection`. */
const failures = channel("handfast:call:failed");

function unobserved({ interfaceName, name }: Method, error: RpcError): void {
  if (failures.hasSubscribers) failures.publish({ interface: interfaceName, method: name, error });
}
