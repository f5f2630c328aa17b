import { type PeerId, peerIdOfKey } from "../base/index.ts";

declare const verified: unique symbol;

/**
 * Proof that the peer showed it holds the secret of this key: the box opened, the signature held,
 * and no Diffie-Hellman result was degenerate. Only the handshake makes one, and M4 cannot be had
 * without it.
 */
export interface VerifiedPeer {
  readonly [verified]: true;
  /** 32 bytes, Ed25519. */
  readonly publicKey: Uint8Array;
  readonly id: PeerId;
}

/** For handshake.ts alone, at the one place where all checks of M3 or M4 have passed. */
export function vouchFor(publicKey: Uint8Array): VerifiedPeer {
  return { publicKey, id: peerIdOfKey(publicKey) } as VerifiedPeer; // the brand exists in types only
}
