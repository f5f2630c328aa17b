/**
 * Every cipher, hash and curve this library uses, and nothing that knows a protocol. A refusal by
 * libsodium, thrown or returned, comes out as `undefined` or `false`; what it means is decided by
 * the caller, who knows which message is being checked.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
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

/**
 * A block of libsodium's own memory, where records are sealed and opened in place: one copy in,
 * one copy out, however many records. Shared by all connections, since every use is synchronous.
 */
export interface Arena {
  /** The block. Fetch it anew after every call: libsodium's memory moves when it grows. */
  readonly bytes: Uint8Array;
  useKey(key: Uint8Array): void;
  /** XSalsa20-Poly1305 of `length` bytes at `at`; the tag goes to `tagAt`. */
  sealBox(at: number, length: number, tagAt: number, nonce: Uint8Array): void;
  /** The reverse; `false` when the tag does not fit, and then nothing was deciphered. */
  openBox(at: number, length: number, tagAt: number, nonce: Uint8Array): boolean;
}

/** Bytes of every {@link Arena}. */
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

  sealBox(at: number, length: number, tagAt: number, nonce: Uint8Array): void {
    const raw = this.#raw;
    raw.HEAPU8.set(nonce, this.#nonce);
    const text = this.#block + at;
    const tag = this.#block + tagAt;
    raw._crypto_secretbox_detached(text, tag, text, length, 0, this.#nonce, this.#key);
  }

  openBox(at: number, length: number, tagAt: number, nonce: Uint8Array): boolean {
    const raw = this.#raw;
    raw.HEAPU8.set(nonce, this.#nonce);
    const text = this.#block + at;
    const tag = this.#block + tagAt;
    const status = raw._crypto_secretbox_open_detached(
      text,
      text,
      tag,
      length,
      0,
      this.#nonce,
      this.#key,
    );
    return status === 0;
  }
}

/** What libsodium-wrappers exports without typing it. 64-bit lengths are passed as low, high. */
interface RawSodium {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _crypto_secretbox_detached(
    cipher: number,
    tag: number,
    text: number,
    lengthLow: number,
    lengthHigh: number,
    nonce: number,
    key: number,
  ): number;
  _crypto_secretbox_open_detached(
    text: number,
    cipher: number,
    tag: number,
    lengthLow: number,
    lengthHigh: number,
    nonce: number,
    key: number,
  ): number;
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
const ZERO_NONCE = new Uint8Array(24);
const FIRST_BLOCK = Uint8Array.of(1);
