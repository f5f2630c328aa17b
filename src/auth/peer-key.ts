import { type AnonymousPeer, type Peer, type PeerId } from "../base/index.ts";
import {
  accepted,
  type Authenticator,
  NotMine,
  type Proof,
  type Validate,
} from "./authenticator.ts";
import { proofOf } from "./bearer.ts";

/** Whoever holds a key that `validate` knows; nothing need be presented. Its domain is `shs`. */
export function peerKey(validate: Validate<PeerId>): Authenticator<unknown> {
  return async (_, presenter) => {
    const { peer } = presenter;
    if (!holdsKey(peer)) throw new NotMine("missing");
    return accepted(await validate(peer.id, presenter), { domain: "shs", presenter });
  };
}

/** Whoever holds one of these keys, by key: the principal, or a proof. */
export function peerKeyStatic(keys: ReadonlyMap<PeerId, string | Proof>): Authenticator<unknown> {
  return peerKey((id) => {
    const of = keys.get(id);
    return of === undefined ? undefined : proofOf(of);
  });
}

function holdsKey(peer: Peer | AnonymousPeer): peer is Peer {
  return peer.id !== undefined && peer.transport === "shs";
}
