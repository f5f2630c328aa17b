import { fromBase64Url, toBase64Url, toHex } from "./bytes.ts";

declare const peerId: unique symbol;

/**
 * The canonical name of a peer, equal exactly when the key is: `ed25519:<43 base64url characters>`
 * or `mtls-sha256:<64 hexadecimal digits>`. A plain string at run time, so `Set` and `Map` work.
 */
export type PeerId = string & { readonly [peerId]: true };

/** Bytes of an Ed25519 public key (RFC 8032 §5.1.5). */
export const PUBLIC_KEY_BYTES = 32;

const ED25519 = "ed25519:";
const MTLS = /^mtls-sha256:[0-9a-f]{64}$/;

/** The id of the peer that holds this Ed25519 public key of 32 bytes. */
export function peerIdOfKey(publicKey: Uint8Array): PeerId {
  if (publicKey.length !== PUBLIC_KEY_BYTES) {
    throw new RangeError(`an Ed25519 public key has 32 bytes, not ${publicKey.length}`);
  }
  return (ED25519 + toBase64Url(publicKey)) as PeerId; // the one canonical spelling
}

/** The id of a TLS peer: the SHA-256 fingerprint (32 bytes) of its certificate. */
export function peerIdOfCertificate(fingerprint: Uint8Array): PeerId {
  if (fingerprint.length !== 32) {
    throw new RangeError(`a SHA-256 fingerprint has 32 bytes, not ${fingerprint.length}`);
  }
  return `mtls-sha256:${toHex(fingerprint)}` as PeerId; // the one canonical spelling
}

/** The id that `text` spells; `undefined` when it is not canonical. */
export function parsePeerId(text: string): PeerId | undefined {
  if (MTLS.test(text)) return text as PeerId; // checked on this line
  const key = text.startsWith(ED25519) ? fromBase64Url(text.slice(ED25519.length)) : undefined;
  return key?.length === PUBLIC_KEY_BYTES ? peerIdOfKey(key) : undefined;
}

/** The 32-byte public key behind an `ed25519:` id; `undefined` for any other kind of id. */
export function publicKeyOf(id: PeerId): Uint8Array | undefined {
  return id.startsWith(ED25519) ? fromBase64Url(id.slice(ED25519.length)) : undefined;
}
