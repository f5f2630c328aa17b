import { type AnonymousPeer, type AuthContext, type Peer } from "../base/index.ts";
import {
  type CallStatistics,
  type Payload,
  type RpcError,
  type TraceContext,
} from "../rpc/index.ts";
import { WORD_BYTES } from "../capnp/index.ts";

/** One call of this vat, served or made, as its observers and interceptors see it. */
export interface ObservedCall {
  /** `served`: it came to an object of this vat. `made`: this vat calls somebody. */
  readonly side: "served" | "made";
  /** The interface's full name, such as `library.capnp:Desk`; its id when we do not know it. */
  readonly interface: string;
  readonly method: string;
  /**
   * `false` when no schema here has the method: its name is a number of the caller's choosing.
   * Default `true`.
   */
  readonly isDefined?: boolean | undefined;
  /** Who sent it; of a call that was made, whom it goes to, while that is not known `undefined`. */
  readonly peer: Peer | AnonymousPeer | undefined;
  /** What the called object was minted with; only of a call that was served. */
  readonly auth: AuthContext | undefined;
  /** What the called reference was named; only of a call that was served. */
  readonly label?: string | undefined;
  /** Only of a call that was served. */
  readonly requestId: string | undefined;
  /** What came with a call that was served. */
  readonly trace: TraceContext | undefined;
}

/**
 * Told of the beginning and the end of every call. What it throws is dropped and counted, so it can
 * hurt nobody; `T` is its own note from the beginning to the end.
 */
export interface CallObserver<T = unknown> {
  /** Before the method runs, or the call is sent. */
  start(call: ObservedCall): T;
  /** Runs what belongs to the call; an observer with an async context of its own enters it here. */
  run?(token: T, body: () => void): void;
  /** The trace that a call which is made takes along; the last observer to name one is heard. */
  traceOf?(token: T): TraceContext | undefined;
  /** Once: the call has returned, thrown, or been given up. */
  end(token: T, error: RpcError | undefined, statistics: CallStatistics): void;
  /** The vat has closed. A method that takes no notice of that may still end. */
  closed?(): void;
}

/** All the observers of a vat. */
export class CallObservers {
  readonly #observers: readonly CallObserver[];
  /** The places of those that enter a context of their own; most have none. */
  readonly #entering: readonly number[];
  readonly #failed: (error: unknown) => void;
  /** Those whose first failure was told. */
  readonly #told = new Set<CallObserver>();
  /** How often one has thrown. */
  failures = 0;

  /** `failed` is told of the first failure of each observer, and must not throw. */
  constructor(observers: readonly CallObserver[], failed: (error: unknown) => void) {
    this.#observers = observers;
    this.#entering = [...observers.keys()].filter((at) => observers[at]?.run !== undefined);
    this.#failed = failed;
  }

  start(call: ObservedCall): Observation {
    const tokens: unknown[] = [];
    for (const observer of this.#observers) {
      let token: unknown;
      try {
        token = observer.start(call);
      } catch (error) {
        this.#count(observer, error);
      }
      tokens.push(token);
    }
    return new Observation(this, tokens);
  }

  /** Whether one of them has something to do around the body of a call. */
  get anyEnters(): boolean {
    return this.#entering.length > 0;
  }

  /** Calls `body` once, whatever the observers do. */
  run(tokens: readonly unknown[], body: () => void): void {
    let ran = false;
    const once = (): void => {
      if (ran) return;
      ran = true;
      body();
    };
    const nested = this.#entering.reduceRight<() => void>((inner, at) => {
      return () => {
        this.#guard(at, (observer) => {
          observer.run?.(tokens[at], inner);
        });
      };
    }, once);
    nested();
    once();
  }

  traceOf(tokens: readonly unknown[]): TraceContext | undefined {
    let trace: TraceContext | undefined;
    for (const at of this.#observers.keys()) {
      trace = this.#guard(at, (observer) => observer.traceOf?.(tokens[at])) ?? trace;
    }
    return trace;
  }

  end(tokens: readonly unknown[], error: RpcError | undefined, statistics: CallStatistics): void {
    let at = 0;
    for (const observer of this.#observers) {
      try {
        observer.end(tokens[at], error, statistics);
      } catch (thrown) {
        this.#count(observer, thrown);
      }
      at += 1;
    }
  }

  closed(): void {
    for (const at of this.#observers.keys()) this.#guard(at, (observer) => observer.closed?.());
  }

  #guard<R>(at: number, action: (observer: CallObserver) => R): R | undefined {
    const observer = this.#observers[at];
    if (observer === undefined) return undefined;
    try {
      return action(observer);
    } catch (error) {
      this.#count(observer, error);
      return undefined;
    }
  }

  #count(observer: CallObserver, error: unknown): void {
    this.failures += 1;
    if (this.#told.has(observer)) return;
    this.#told.add(observer);
    this.#failed(error);
  }
}

/** One call under observation. */
export class Observation {
  readonly #observers: CallObservers;
  readonly #tokens: readonly unknown[];
  #ended = false;

  constructor(observers: CallObservers, tokens: readonly unknown[]) {
    this.#observers = observers;
    this.#tokens = tokens;
  }

  get trace(): TraceContext | undefined {
    return this.#observers.traceOf(this.#tokens);
  }

  /** Whether {@link Observation.run} does more than to call the body. */
  get isEntered(): boolean {
    return this.#observers.anyEnters;
  }

  run(body: () => void): void {
    this.#observers.run(this.#tokens, body);
  }

  /** It fails at once: nothing but its parameters came in, and an error goes out. */
  refuse(error: RpcError, { content, caps }: Payload): void {
    this.end(error, {
      messagesIn: 1,
      messagesOut: 1,
      bytesIn: content.sizeWords * WORD_BYTES,
      bytesOut: 0,
      capabilitiesIn: caps.length,
      capabilitiesOut: 0,
    });
  }

  /** The first end counts. */
  end(error: RpcError | undefined, statistics: CallStatistics): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#observers.end(this.#tokens, error, statistics);
  }
}
