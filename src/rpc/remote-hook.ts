import { type AnonymousPeer, type Peer } from "../base/index.ts";
import { type BrokenHook, FailedResults } from "./broken-hook.ts";
import { CountedHook } from "./counted-hook.ts";
import { type RpcError, unexecuted } from "./exception.ts";
import { ForwardingHook } from "./forwarding-hook.ts";
import { type Hook, type Request, type Results } from "./hook.ts";
import { type Link } from "./link.ts";
import { type CapDescriptor, type MessageTarget } from "./messages.ts";
import { releaseCaps } from "./payload.ts";
import { StreamWindow } from "./stream-window.ts";

/**
 * A place at the peer that messages can be addressed to, and strictly that place: calls go over the
 * wire even when it is a promise that has been resolved since (rpc.capnp "Tribble 4-way race"). For
 * a promise, users hold the {@link RemotePromise} in front of it.
 */
export abstract class RemoteTarget extends CountedHook {
  readonly link: Link;
  /** Whether calls or references went this way, so that others may still be under way. */
  called = false;
  /** The hook in front of it while somebody holds that; not counted here. */
  promise: RemotePromise | undefined;
  #window: StreamWindow | undefined;
  #callbacks: Set<(resolution: Hook) => void> | undefined;

  constructor(link: Link) {
    super();
    this.link = link;
  }

  /** How messages to it are addressed. */
  abstract readonly target: MessageTarget;
  /** How it is named when the peer is handed it back. */
  abstract readonly descriptor: CapDescriptor;

  get turns() {
    return this.link.turns;
  }

  call(request: Request): Results {
    this.called = true;
    return request.streaming === true ? this.#stream(request) : this.link.ask(this.target, request);
  }

  /** Parameters of streaming calls to it that have not returned, in 8-byte words. */
  get streamWords(): number {
    return this.#window?.words ?? 0;
  }

  resolved(): Hook {
    return this.link.over ?? this;
  }

  get settled(): boolean {
    return true;
  }

  get broken(): RpcError | undefined {
    return this.link.over?.broken;
  }

  whenResolved(callback: (resolution: Hook) => void): () => void {
    const callbacks = (this.#callbacks ??= new Set());
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  }

  /** The connection is over. */
  lost(over: BrokenHook): void {
    this.promise?.resolve(over);
    const callbacks = this.#callbacks;
    this.#callbacks = undefined;
    if (callbacks !== undefined) for (const callback of callbacks) callback(over);
  }

  /** The promise in front of it, with a reference for the asker. */
  asPromise(): RemotePromise {
    return this.promise?.retain() ?? (this.promise = new RemotePromise(this.retain()));
  }

  /**
   * What may be called in place of this promise from now on; takes over and hands on a reference.
   * `reflected`: the peer described it as a capability of ours. Calls already sent then come back to
   * us through the peer, and new ones must not overtake them.
   */
  afterEmbargo(resolution: Hook, reflected: boolean): Hook {
    const end = resolution.resolved();
    if (end.broken !== undefined || this.link.over !== undefined) return resolution;
    const mustWait = reflected || comesBack(end, this.link);
    if (mustWait) return this.called ? this.link.embargo(this.target, resolution) : resolution;
    if (end instanceof RemotePromise && this.called) end.wasCalled();
    const place = end instanceof RemotePromise ? end.target : end;
    if (place instanceof RemoteTarget) place.#window ??= this.#window;
    return resolution;
  }

  #stream(request: Request): Results {
    const window = (this.#window ??= new StreamWindow(this.link));
    if (window.failure !== undefined) {
      releaseCaps(request.params);
      return new FailedResults(this.turns, unexecuted(window.failure));
    }
    const { sizeWords } = request.params.content;
    return window.sent(this.link.ask(this.target, request), sizeWords);
  }
}

/** Whether something described as the peer's own has turned out to be ours in the meantime. */
function comesBack(end: Hook, link: Link): boolean {
  if (end instanceof RemotePromise || end instanceof RemoteTarget) return end.link !== link;
  return true;
}

/**
 * A promise of the peer's: an import that will be resolved, or a result that has not returned.
 *
 *   waiting    calls go to the target at the peer    `resolve` or `break` ends it, once
 *   resolved   calls go to what it has become, through an embargo where order needs one
 *
 * Invariant: it holds the target exactly while waiting.
 */
export class RemotePromise extends ForwardingHook {
  readonly link: Link;
  #target: RemoteTarget | undefined;

  /** Takes over one reference to the target. */
  constructor(target: RemoteTarget) {
    super();
    this.link = target.link;
    this.#target = target;
  }

  get turns() {
    return this.link.turns;
  }

  /** The place at the peer that it still stands for. */
  get target(): RemoteTarget | undefined {
    return this.#target;
  }

  call(request: Request): Results {
    return (this.#target ?? this.resolved()).call(request);
  }

  /** Calls or references went this way under another name. */
  wasCalled(): void {
    if (this.#target !== undefined) this.#target.called = true;
  }

  /** Becomes `hook`, whose reference it takes over; any embargo is already in front of it. */
  resolve(hook: Hook): void {
    const target = this.#target;
    if (target === undefined) {
      hook.release();
      return;
    }
    this.retain();
    this.#target = undefined;
    target.promise = undefined;
    this.become(hook);
    target.release();
    this.release();
  }

  protected override unreferenced(): void {
    super.unreferenced();
    const target = this.#target;
    if (target === undefined) return;
    target.promise = undefined;
    target.release();
  }
}

/** Whom calls through this hook go to: `undefined` while that is not known, and in this vat. */
export function peerBehind(hook: Hook): Peer | AnonymousPeer | undefined {
  const end = hook.resolved();
  return end instanceof RemotePromise || end instanceof RemoteTarget ? end.link.peer : undefined;
}
