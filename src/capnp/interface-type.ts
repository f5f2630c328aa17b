import { type PointerType } from "./pointer-type.ts";

/** Keeps clients of different interfaces apart: each name in its value is an interface it has. */
export declare const brand: unique symbol;
/** Keeps servers apart in the same way. */
export declare const serves: unique symbol;

/**
 * A reference to an object, here or at a peer. It owns the reference; `using` or
 * `[Symbol.dispose]()` gives it back, twice does nothing. Never thenable.
 */
export interface Client extends Disposable {
  readonly [brand]: object;
}

/** What every generated server class is: an object that this vat can hand out references to. */
export interface Servable {
  /** Type-level only: the interfaces it serves. */
  readonly [serves]: object;
}

/** Options of every call. */
export interface CallOptions {
  /** Cancels the call: Finish goes out and the method's `call.signal` aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the call is cancelled with `TIMEOUT`. Default: none, as `Infinity`. */
  readonly timeoutMs?: number | undefined;
}

/**
 * A call under way. Its capability fields can be called at once (promise pipelining); awaiting it
 * yields the results, which own their capabilities. Disposing it before it has returned cancels
 * it, unless a capability pipelined from it is still held.
 */
export interface Call<Results> extends PromiseLike<Results & Disposable>, Disposable {}

/** What a capability field or parameter accepts: a reference, an object, or a promise of one. */
export type Cap<C, S> = C | S | PromiseLike<C | S>;

/** An interface of a schema: what `bootstrap` and `cast` are told to speak. */
export interface InterfaceType<
  C extends Client = Client,
  S extends Servable = Servable,
> extends PointerType<C, Cap<C, S>, C> {
  /** The schema's 64-bit type id. */
  readonly id: bigint;
  /** Such as `library.capnp:Desk`. */
  readonly name: string;
  /** What a null pointer reads as: a reference to nothing, every call of which fails. */
  readonly nullClient: C;
}

/** The client of an interface type. */
export type ClientOf<T extends InterfaceType> = T extends InterfaceType<infer C> ? C : never;
