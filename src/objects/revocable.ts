import { type Client } from "../capnp/index.ts";
import { revocable as revocableHook, RpcError } from "../rpc/index.ts";
import { dup, referenceOf, sameStub } from "./client.ts";

/** A capability that can be taken back, and the power to take it back. */
export interface Revocable<C extends Client> {
  /** Hand this out; it owns a reference of its own. */
  readonly client: C;
  /**
   * Cuts it: calls through it, under way and later, fail with `REVOKED` and this message. What was
   * obtained through it before is a capability of its own and stays.
   */
  readonly revoke: (message?: string) => void;
}

/** Wraps a capability so that it can be taken back. The one passed in stays the caller's. */
export function revocable<C extends Client>(client: C): Revocable<C> {
  const { hook } = referenceOf(client);
  if (hook === undefined) return { client: dup(client), revoke: () => {} };
  const wrapped = revocableHook(hook.retain());
  return {
    client: sameStub(client, wrapped.hook),
    revoke: (message = "this capability was revoked") => {
      wrapped.revoke(new RpcError("disconnected", message, { code: "REVOKED" }));
    },
  };
}

/** Calls back once when the capability breaks, with why; the function returned takes it back. */
export function onBroken(client: Client, callback: (error: RpcError) => void): () => void {
  const reference = referenceOf(client);
  const { hook } = reference;
  if (hook === undefined) {
    callback(reference.failure);
    return () => {};
  }
  let stop = () => {};
  const watch = (): void => {
    const end = hook.resolved();
    if (end.broken !== undefined) callback(end.broken);
    else stop = end.whenResolved(watch);
  };
  watch();
  return () => {
    stop();
  };
}

/** Settles once the capability is no longer a promise; rejects with `RpcError` when it broke. */
export function whenResolved(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    const reference = referenceOf(client);
    const look = (): void => {
      const end = reference.hook?.resolved();
      if (end === undefined) reject(reference.failure);
      else if (end.broken !== undefined) reject(end.broken);
      else if (end.settled) resolve();
      else end.whenResolved(look);
    };
    look();
  });
}
