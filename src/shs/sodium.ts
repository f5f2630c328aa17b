import { type RecordCipher } from "./record-cipher.ts";

/**
 * What this library uses of libsodium, in whichever body it comes. A refusal, thrown or returned
 * there, is `undefined` or `false` here.
 */
export interface Sodium {
  readonly recordCipher: RecordCipher;
  /** Fills it with fresh random bytes, from the system. */
  randomize(bytes: Uint8Array): void;
  sha256(message: Uint8Array): Uint8Array;
  /** `crypto_auth`: HMAC-SHA-512 truncated to 32 bytes. */
  auth(key: Uint8Array, message: Uint8Array): Uint8Array;
  /** Multiplication by one secret, readied once. */
  multiplyBy(secret: Uint8Array): Multiply;
  scalarmultBase(secret: Uint8Array): Uint8Array;
  /** The pair of a seed; the secret is seed ‖ public key. */
  signingPair(seed: Uint8Array): SigningPair;
  sign(message: Uint8Array, secret: Uint8Array): Uint8Array;
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  curvePublicKey(publicKey: Uint8Array): Uint8Array | undefined;
  curveSecret(secret: Uint8Array): Uint8Array;
  /** XSalsa20-Poly1305, tag first. */
  sealBox(plaintext: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array;
  openBox(box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined;
}

/** `secret · point`; `undefined` when the point is of low order, so that the result is zero. */
export type Multiply = (point: Uint8Array) => Uint8Array | undefined;

export interface SigningPair {
  readonly publicKey: Uint8Array;
  readonly secret: Uint8Array;
}

/** The one place where libsodium's exceptions end. */
export function orRefused<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}
