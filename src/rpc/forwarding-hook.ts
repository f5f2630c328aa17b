import { BrokenHook } from "./broken-hook.ts";
import { CountedHook } from "./counted-hook.ts";
import { cycle, type RpcError } from "./exception.ts";
import { type Hook } from "./hook.ts";

/**
 * A hook that may become another one, once.
 *
 *   itself   `become` ends it
 *   another  everything goes there; when that becomes something in turn, this does too
 *
 * Invariant: what it has become never leads back to it, and is one step away however long the chain
 * of resolutions grows, so neither memory nor the stack depends on a peer's patience.
 */
export abstract class ForwardingHook extends CountedHook {
  #to: Hook | undefined;
  #callbacks: Set<(resolution: Hook) => void> | undefined;
  #stopWatching: (() => void) | undefined;

  /** What it has become, if anything. */
  protected get to(): Hook | undefined {
    return this.#to;
  }

  /** What must be known in this vat before this can be. */
  get waitsFor(): Hook | undefined {
    return undefined;
  }

  resolved(): Hook {
    return this.#to === undefined ? this : this.#to.resolved();
  }

  get settled(): boolean {
    return this.#to?.settled ?? false;
  }

  get broken(): RpcError | undefined {
    return this.#to?.broken;
  }

  whenResolved(callback: (resolution: Hook) => void): () => void {
    if (this.#to !== undefined) return this.#to.whenResolved(callback);
    const callbacks = (this.#callbacks ??= new Set());
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  }

  /** Becomes `hook`, whose reference it takes over, and tells those who wait. */
  protected become(hook: Hook): void {
    this.#to = this.#shortened(hook);
    const callbacks = this.#callbacks;
    this.#callbacks = undefined;
    if (callbacks !== undefined) for (const callback of callbacks) callback(this.#to);
    this.#watch();
  }

  /** Whether `hook` cannot be known before this is, so that this must not become it. */
  protected awaitedBy(hook: Hook): boolean {
    let awaiting: Hook | undefined = hook.resolved();
    while (awaiting !== undefined && awaiting !== this) {
      awaiting = awaiting instanceof ForwardingHook ? awaiting.waitsFor?.resolved() : undefined;
    }
    return awaiting === this;
  }

  protected unreferenced(): void {
    this.#stopWatching?.();
    this.#to?.release();
  }

  #watch(): void {
    const to = this.#to;
    if (to === undefined || to.settled || this.references === 0) return;
    this.#stopWatching = to.whenResolved(() => {
      this.#stopWatching = undefined;
      this.#to = this.#shortened(to);
      this.#watch();
    });
  }

  /** The end of the chain, for the reference to its beginning. */
  #shortened(hook: Hook): Hook {
    const end = hook.resolved();
    if (this.awaitedBy(end)) {
      hook.release();
      return new BrokenHook(this.turns, cycle());
    }
    if (end === hook) return hook;
    end.retain();
    hook.release();
    return end;
  }
}
