import { type PeerId, peerIdOfKey } from "../base/index.ts";
import { ShsError } from "./error.ts";
import { curveSecret, multiplyBy, sign, signingPair } from "./primitives.ts";

/** Bytes of the seed from which an Ed25519 key pair grows (RFC 8032 §5.1.5). */
export const SEED_BYTES = 32;

/**
 * A long-term Ed25519 key pair. The secret lives in private fields: `inspect`, JSON and errors
 * show the public key only.
 */
export class KeyPair {
  readonly publicKey: Uint8Array;
  readonly id: PeerId;
  readonly #secret: Uint8Array;
  /** Multiplication by `X(B)`. */
  readonly #multiply: (point: Uint8Array) => Uint8Array | undefined;

  private constructor(seed: Uint8Array) {
    const { publicKey, secret } = signingPair(seed);
    this.publicKey = publicKey;
    this.id = peerIdOfKey(publicKey);
    this.#secret = secret;
    this.#multiply = multiplyBy(curveSecret(secret));
  }

  /** Throws `ShsError` `SEED_INVALID` unless the seed has 32 bytes. */
  static fromSeed(seed: Uint8Array): KeyPair {
    if (seed.length !== SEED_BYTES) {
      throw new ShsError("SEED_INVALID", `a seed has ${SEED_BYTES} bytes, not ${seed.length}`);
    }
    return new KeyPair(seed);
  }

  /** The 64-byte signature of `message`. */
  sign(message: Uint8Array): Uint8Array {
    return sign(message, this.#secret);
  }

  /** `X(B) · point`; `undefined` when the point is of low order. */
  x25519(point: Uint8Array): Uint8Array | undefined {
    return this.#multiply(point);
  }

  /** A copy of the 32-byte seed, for writing a key file and nothing else. */
  revealSeed(): Uint8Array {
    return this.#secret.slice(0, SEED_BYTES);
  }

  toJSON(): { readonly id: PeerId } {
    return { id: this.id };
  }
}
