import { AsyncLocalStorage } from "node:async_hooks";
import { type CallContext } from "./call-context.ts";

const current = new AsyncLocalStorage<CallContext>();

/**
 * The call that the code asking is part of, however deep below the method and behind whatever
 * awaits; `undefined` outside of methods, and in vats that were opened without `trackCalls`.
 */
export function callContext(): CallContext | undefined {
  return current.getStore();
}

/** Runs a method as a part of `call`. */
export function within<R>(call: CallContext, method: () => R): R {
  return current.run(call, method);
}
