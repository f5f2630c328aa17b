/**
 * The formulas of SHS1, one function each, in the letters of the paper (see README.md). Where the
 * paper and the wire differ, the wire decides: the MAC stands first in M1 and M2, and M2 too is
 * keyed with `K` alone.
 */
import { concatBytes } from "../base/index.ts";
import { equalInConstantTime, mac, sha256 } from "./primitives.ts";

/** M1 and M2. */
export const CHALLENGE_BYTES = 64;
export const M3_BYTES = 112;
export const M4_BYTES = 80;
/** Ed25519 (RFC 8032 §5.1.6). */
export const SIGNATURE_BYTES = 64;
const MAC_BYTES = 32;
const BOX_STREAM_NONCE_BYTES = 24;

/** M1 and M2: `mac_K(ap) ‖ ap`. */
export function challenge(K: Uint8Array, ap: Uint8Array): Uint8Array {
  return concatBytes(mac(K, ap), ap);
}

/** The ephemeral key in M1 or M2; `undefined` when its MAC was not made with `K`. */
export function openChallenge(K: Uint8Array, message: Uint8Array): Uint8Array | undefined {
  const ap = Uint8Array.from(message.subarray(MAC_BYTES, CHALLENGE_BYTES));
  return equalInConstantTime(message.subarray(0, MAC_BYTES), mac(K, ap)) ? ap : undefined;
}

/** What the client signs: `K ‖ Bp ‖ h(ab)`. */
export function clientStatement(K: Uint8Array, Bp: Uint8Array, ab: Uint8Array): Uint8Array {
  return concatBytes(K, Bp, sha256(ab));
}

/** What the server signs: `K ‖ sigA ‖ Ap ‖ h(ab)`. */
export function serverStatement(
  K: Uint8Array,
  sigA: Uint8Array,
  Ap: Uint8Array,
  ab: Uint8Array,
): Uint8Array {
  return concatBytes(K, sigA, Ap, sha256(ab));
}

/** The key of M3's box: `h(K ‖ ab ‖ aB)`. */
export function keyOfM3(K: Uint8Array, ab: Uint8Array, aB: Uint8Array): Uint8Array {
  return sha256(K, ab, aB);
}

/** The key of M4's box: `h(K ‖ ab ‖ aB ‖ Ab)`. */
export function keyOfM4(K: Uint8Array, ab: Uint8Array, aB: Uint8Array, Ab: Uint8Array): Uint8Array {
  return sha256(K, ab, aB, Ab);
}

/** `Z = h(key of M4)`, which both directions' keys come from. */
export function sharedSecret(keyM4: Uint8Array): Uint8Array {
  return sha256(keyM4);
}

/** A direction's key: `h(Z ‖ long-term public key of the receiver)`. */
export function directionKey(Z: Uint8Array, receiver: Uint8Array): Uint8Array {
  return sha256(Z, receiver);
}

/** A direction's first nonce: `mac_K(ephemeral public key of the receiver)[0..24)`. */
export function directionNonce(K: Uint8Array, receiverEphemeral: Uint8Array): Uint8Array {
  return mac(K, receiverEphemeral).slice(0, BOX_STREAM_NONCE_BYTES);
}

/**
 * Whether an X25519 public key is one of the seven encodings of a point of order 1, 2, 4 or 8,
 * bit 255 ignored as X25519 ignores it (RFC 7748 §5; the list of https://cr.yp.to/ecdh.html).
 */
export function isLowOrder(point: Uint8Array): boolean {
  return LOW_ORDER.some((weak) =>
    weak.every((byte, index) => byte === ((point[index] ?? 0) & (index === 31 ? 0x7f : 0xff))),
  );
}

const LOW_ORDER: readonly Uint8Array[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map((hex) => Uint8Array.from(Buffer.from(hex, "hex")));
