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
  /** Told of each call, with its authority, that does not go through, or no longer. */
  readonly refused: (request: Request, error: RpcError) => void;
  /** Nobody holds it any more, or anything that hangs on it. */
  readonly over: () => void;
}

/**
 * A reference of its own to what `hook` is, which it takes over. Calls through it arrive with the
 * authority it was minted with, whoever makes them: the peer is who sent them.
 */
export function mint(hook: Hook, terms: MintTerms): Revocable {
  const { mint: minted, self, deep, refusal, refused, over } = terms;
  const { auth, label } = minted;
  const authorised = (request: Request): Request => {
    const { peer = self, transport } = request.caller ?? {};
    return { ...request, caller: { peer, auth, transport, mint: minted } };
  };
  const inward = (asked: Request): Request | RpcError => {
    const request = authorised(asked);
    const error = refusal(request);
    if (error !== undefined) refused(request, error);
    return error ?? request;
  };
  const membrane = new Membrane(hook.turns, {
    inward,
    refused: (request, error) => {
      refused(authorised(request), error);
    },
    shallow: !deep,
    label,
    over,
  });
  return { hook: membrane.wrap(hook), revoke: (error) => membrane.revoke(error) };
}
