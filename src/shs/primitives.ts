/**
 * Every cipher, hash and curve this library uses, and nothing that knows a protocol. A refusal by
 * libsodium, thrown or returned, comes out as `undefined` or `false`; what it means is decided by
 * the caller, who knows which message is being checked.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  timingSafeEqual,
} from "node:crypto";
import sodium from "libsodium-wrappers";

/** Settles once libsodium is loaded; everything else in this file needs that first. */
export function ready(): Promise<void> {
  return sodium.ready;
}

/** 32 fresh random bytes, from which a long-term key pair grows. */
export function generateSeed(): Uint8Array {
  return sodium.randombytes_buf(32);
}

/** One X25519 key pair, for one connection. */
export interface Ephemeral {
  readonly publicKey: Uint8Array;
  /** Wiped when the handshake is over, whichever way it ends. */
  readonly secret: Uint8Array;
}

export function generateEphemeral(): Ephemeral {
  return ephemeralOf(sodium.randombytes_buf(32));
}

/** The pair that belongs to a given secret; only tests have a reason to choose one. */
export function ephemeralOf(secret: Uint8Array): Ephemeral {
  return { publicKey: sodium.crypto_scalarmult_base(secret), secret };
}

/** `h`: SHA-256 of the parts, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return plain(hash.digest());
}

/** `mac_K`: HMAC-SHA-512 truncated to 32 bytes (`crypto_auth`). */
export function mac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return sodium.crypto_auth(message, key);
}

/** HKDF-Extract with SHA-256 (RFC 5869 §2.2). */
export function hkdfExtract(salt: Uint8Array, keyMaterial: Uint8Array): Uint8Array {
  return hmacSha256(salt, keyMaterial);
}

/** The first 32 bytes of HKDF-Expand with SHA-256 (RFC 5869 §2.3): one block, counter 1. */
export function hkdfExpand32(pseudorandomKey: Uint8Array, ...info: readonly Uint8Array[]) {
  return hmacSha256(pseudorandomKey, ...info, FIRST_BLOCK);
}

/** Equality in time that does not depend on the contents. */
export function equalInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

/** `secret · point`; `undefined` when the point is of low order, so that the result is zero. */
export function x25519(secret: Uint8Array, point: Uint8Array): Uint8Array | undefined {
  return orRefused(() => sodium.crypto_scalarmult(secret, point));
}

/** Overwrites secrets that are no longer needed. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

/** The Ed25519 pair that grows from a seed of 32 bytes; the secret is seed ‖ public key. */
export function signingPair(seed: Uint8Array): { publicKey: Uint8Array; secret: Uint8Array } {
  const pair = sodium.crypto_sign_seed_keypair(seed);
  return { publicKey: pair.publicKey, secret: pair.privateKey };
}

export function sign(message: Uint8Array, secret: Uint8Array): Uint8Array {
  return sodium.crypto_sign_detached(message, secret);
}

/**
 * Whether the signature holds. Always libsodium: it refuses small-order and non-canonical keys and
 * `S ≥ L`, which the verifier of node:crypto lets pass.
 */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return (
    orRefused(() => sodium.crypto_sign_verify_detached(signature, message, publicKey)) ?? false
  );
}

/** `X(Ap)`; `undefined` for a key that is not a canonical point of the main subgroup. */
export function curvePublicKey(publicKey: Uint8Array): Uint8Array | undefined {
  return orRefused(() => sodium.crypto_sign_ed25519_pk_to_curve25519(publicKey));
}

/** The X25519 secret that belongs to an Ed25519 secret of 64 bytes. */
export function curveSecret(secret: Uint8Array): Uint8Array {
  return sodium.crypto_sign_ed25519_sk_to_curve25519(secret);
}

/** `box[key]`: XSalsa20-Poly1305, tag first, under the zero nonce. The key must never repeat. */
export function sealOnce(plaintext: Uint8Array, key: Uint8Array): Uint8Array {
  return sodium.crypto_secretbox_easy(plaintext, ZERO_NONCE, key);
}

/** Opens what {@link sealOnce} sealed; `undefined` when the tag does not fit. */
export function openOnce(box: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  return orRefused(() => sodium.crypto_secretbox_open_easy(box, ZERO_NONCE, key));
}

/** Where a record lies in an {@link Arena}: `length` bytes at `at`, in place, the tag at `tagAt`. */
export interface Place {
  readonly at: number;
  readonly length: number;
  readonly tagAt: number;
}

/**
 * A block of memory where records are sealed and opened in place: one copy in, one copy out,
 * however many records. Shared by all connections, since every use is synchronous.
 */
export interface Arena {
  /** The block. Fetch it anew after every call: libsodium's memory moves when it grows. */
  readonly bytes: Uint8Array;
  useKey(key: Uint8Array): void;
  /** XSalsa20-Poly1305; nonces of 24 bytes. */
  sealBox(place: Place, nonce: Uint8Array): void;
  /** `false` when the tag does not fit, and then nothing was deciphered; so are the others. */
  openBox(place: Place, nonce: Uint8Array): boolean;
  /** XChaCha20-Poly1305-IETF without additional data; nonces of 24 bytes. */
  sealXChaCha(place: Place, nonce: Uint8Array): void;
  openXChaCha(place: Place, nonce: Uint8Array): boolean;
  /** ChaCha20-Poly1305-IETF; nonces of 12 bytes; the additional data lies at `ad`. */
  sealChaCha(place: Place, nonce: Uint8Array, ad: Stretch): void;
  openChaCha(place: Place, nonce: Uint8Array, ad: Stretch): boolean;
}

/** Bytes within an {@link Arena}. */
export interface Stretch {
  readonly at: number;
  readonly length: number;
}

/** Bytes of every {@link Arena}: two of the largest records of any suite, and more. */
export const ARENA_BYTES = 160 * 1024;

let shared: Arena | undefined;

export function arena(): Arena {
  return (shared ??= new WasmArena());
}

class WasmArena implements Arena {
  readonly #raw = rawSodium();
  readonly #key = this.#raw._malloc(KEY_BYTES + MAX_NONCE_BYTES + ARENA_BYTES);
  readonly #nonce = this.#key + KEY_BYTES;
  readonly #block = this.#nonce + MAX_NONCE_BYTES;

  get bytes(): Uint8Array {
    return this.#raw.HEAPU8.subarray(this.#block, this.#block + ARENA_BYTES);
  }

  useKey(key: Uint8Array): void {
    this.#raw.HEAPU8.set(key, this.#key);
  }

  sealBox({ at, length, tagAt }: Place, nonce: Uint8Array): void {
    this.#raw.HEAPU8.set(nonce, this.#nonce);
    const [text, tag] = [this.#block + at, this.#block + tagAt];
    this.#raw._crypto_secretbox_detached(text, tag, text, length, 0, this.#nonce, this.#key);
  }

  openBox({ at, length, tagAt }: Place, nonce: Uint8Array): boolean {
    const raw = this.#raw;
    raw.HEAPU8.set(nonce, this.#nonce);
    const [text, tag] = [this.#block + at, this.#block + tagAt];
    const open = raw._crypto_secretbox_open_detached;
    return open(text, text, tag, length, 0, this.#nonce, this.#key) === 0;
  }

  sealXChaCha(place: Place, nonce: Uint8Array): void {
    this.#seal(this.#raw._crypto_aead_xchacha20poly1305_ietf_encrypt_detached, place, nonce);
  }

  openXChaCha(place: Place, nonce: Uint8Array): boolean {
    return this.#open(this.#raw._crypto_aead_xchacha20poly1305_ietf_decrypt_detached, place, nonce);
  }

  sealChaCha(place: Place, nonce: Uint8Array, ad: Stretch): void {
    this.#seal(this.#raw._crypto_aead_chacha20poly1305_ietf_encrypt_detached, place, nonce, ad);
  }

  openChaCha(place: Place, nonce: Uint8Array, ad: Stretch): boolean {
    const decrypt = this.#raw._crypto_aead_chacha20poly1305_ietf_decrypt_detached;
    return this.#open(decrypt, place, nonce, ad);
  }

  #seal(encrypt: RawEncrypt, { at, length, tagAt }: Place, nonce: Uint8Array, ad = NO_AD): void {
    this.#raw.HEAPU8.set(nonce, this.#nonce);
    const [text, tag, adAt] = [this.#block + at, this.#block + tagAt, this.#block + ad.at];
    encrypt(text, tag, 0, text, length, 0, adAt, ad.length, 0, 0, this.#nonce, this.#key);
  }

  #open(decrypt: RawDecrypt, { at, length, tagAt }: Place, nonce: Uint8Array, ad = NO_AD) {
    this.#raw.HEAPU8.set(nonce, this.#nonce);
    const [text, tag, adAt] = [this.#block + at, this.#block + tagAt, this.#block + ad.at];
    const nonceAt = this.#nonce;
    return decrypt(text, 0, text, length, 0, tag, adAt, ad.length, 0, nonceAt, this.#key) === 0;
  }
}

/**
 * ChaCha20-Poly1305-IETF of the parts as one plaintext, by node:crypto: slower to begin than an
 * {@link Arena}, faster by the byte. One piece of ciphertext for each part.
 */
export function sealLarge(
  parts: readonly Uint8Array[],
  key: Uint8Array,
  nonce: Uint8Array,
  ad: Uint8Array,
): { readonly pieces: readonly Uint8Array[]; readonly tag: Uint8Array } {
  const cipher = createCipheriv(LARGE_CIPHER, key, nonce, LARGE_OPTIONS);
  cipher.setAAD(ad, { plaintextLength: 0 });
  const pieces = parts.map((part) => cipher.update(part));
  cipher.final();
  return { pieces, tag: cipher.getAuthTag() };
}

/** The reverse; `undefined` when the tag does not fit, and then no plaintext leaves here. */
export function openLarge(
  pieces: readonly Uint8Array[],
  tag: Uint8Array,
  key: Uint8Array,
  nonce: Uint8Array,
  ad: Uint8Array,
): readonly Uint8Array[] | undefined {
  const decipher = createDecipheriv(LARGE_CIPHER, key, nonce, LARGE_OPTIONS);
  decipher.setAAD(ad, { plaintextLength: 0 });
  decipher.setAuthTag(tag);
  const parts = pieces.map((piece) => decipher.update(piece));
  return orRefused(() => {
    decipher.final();
    return parts;
  });
}

const LARGE_CIPHER = "chacha20-poly1305";
const LARGE_OPTIONS = { authTagLength: 16 };

/** libsodium's C signatures: addresses, and 64-bit lengths as low, high. */
type RawBox = (
  to: number,
  tagOrFrom: number,
  fromOrTag: number,
  lengthLow: number,
  lengthHigh: number,
  nonce: number,
  key: number,
) => number;
type RawEncrypt = (
  cipher: number,
  tag: number,
  noTagLength: number,
  text: number,
  lengthLow: number,
  lengthHigh: number,
  ad: number,
  adLengthLow: number,
  adLengthHigh: number,
  noSecretNonce: number,
  nonce: number,
  key: number,
) => number;
type RawDecrypt = (
  text: number,
  noSecretNonce: number,
  cipher: number,
  lengthLow: number,
  lengthHigh: number,
  tag: number,
  ad: number,
  adLengthLow: number,
  adLengthHigh: number,
  nonce: number,
  key: number,
) => number;

/** What libsodium-wrappers exports without typing it. */
interface RawSodium {
  readonly HEAPU8: Uint8Array;
  readonly _malloc: (bytes: number) => number;
  readonly _crypto_secretbox_detached: RawBox;
  readonly _crypto_secretbox_open_detached: RawBox;
  readonly _crypto_aead_xchacha20poly1305_ietf_encrypt_detached: RawEncrypt;
  readonly _crypto_aead_xchacha20poly1305_ietf_decrypt_detached: RawDecrypt;
  readonly _crypto_aead_chacha20poly1305_ietf_encrypt_detached: RawEncrypt;
  readonly _crypto_aead_chacha20poly1305_ietf_decrypt_detached: RawDecrypt;
}

function rawSodium(): RawSodium {
  // The wrappers' own door to the WASM module; present in 0.8, absent from its typings.
  return (sodium as unknown as { readonly libsodium: RawSodium }).libsodium;
}

/** The one place where libsodium's exceptions end. */
function orRefused<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}

function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return plain(hmac.digest());
}

/** As a plain array, since `Buffer.slice` shares where `Uint8Array.slice` copies. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

const KEY_BYTES = 32;
const MAX_NONCE_BYTES = 32;
const NO_AD: Stretch = { at: 0, length: 0 };
const ZERO_NONCE = new Uint8Array(24);
const FIRST_BLOCK = Uint8Array.of(1);
