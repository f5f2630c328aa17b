import { type Hook, RpcError } from "../rpc/index.ts";

/**
 * One counted reference to a hook, given back once, however many stubs look through it. Forgetting
 * to dispose is a leak at the peer, so the garbage collector is a net below, never the plan.
 */
export class Reference {
  #hook: Hook | undefined;
  /** What one without a hook says of itself. */
  readonly why: string;
  readonly #onReleased: (() => void) | undefined;

  /** Takes over the one reference its maker holds; `why` tells what a released one was. */
  constructor(
    hook: Hook | undefined,
    why = "this capability was disposed",
    onReleased?: () => void,
  ) {
    this.#hook = hook;
    this.why = why;
    this.#onReleased = onReleased;
    if (hook !== undefined) net.register(this, hook, this);
  }

  /** `undefined` once released, and for the null capability. */
  get hook(): Hook | undefined {
    return this.#hook;
  }

  /** What a call through a reference without a hook fails with; nothing was sent. */
  get failure(): RpcError {
    return RpcError.failed(this.why, { executed: "no" });
  }

  release(): void {
    const hook = this.#hook;
    if (hook === undefined) return;
    this.#hook = undefined;
    net.unregister(this);
    hook.release();
    this.#onReleased?.();
  }
}

const net = new FinalizationRegistry<Hook>((hook) => {
  hook.release();
});
