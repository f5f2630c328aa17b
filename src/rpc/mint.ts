import { type Peer } from "../base/index.ts";
import { type RpcError } from "./exception.ts";
import { type Hook, type Mint, type Request } from "./hook.ts";
import { Membrane, type Revocable } from "./membrane.ts";

export interface MintTerms {
  readonly mint: Mint;
  /** Who calls when the vat itself does. */
  readonly self: Peer;
  /** Whether what is reached through it is under its authority too, and ends with it. */
  readonly deep: boolean;
  /** Why a call, with its authority, does not go through: the reference has ended, or reaches less. */
  readonly refusal: (request: Request) => RpcError | undefined;
  /** Nobody holds it any more, or anything that hangs on it. */
  readonly over: () => void;
}

/**
 * A reference of its own to what `hook` is, which it takes over. Calls through it arrive with the
 * authority it was minted with, whoever makes them: the peer is who sent them.
 */
export function mint(
  hook: Hook,
  { mint: minted, self, deep, refusal, over }: MintTerms,
): Revocable {
  const { auth, label } = minted;
  const inward = (request: Request): Request | RpcError => {
    const { peer = self, transport } = request.caller ?? {};
    const authorised = { ...request, caller: { peer, auth, transport, mint: minted } };
    return refusal(authorised) ?? authorised;
  };
  const membrane = new Membrane(hook.turns, { inward, shallow: !deep, label, over });
  return { hook: membrane.wrap(hook), revoke: (error) => membrane.revoke(error) };
}
