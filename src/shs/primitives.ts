/**
 * Every cipher, hash and curve this library uses, and nothing that knows a protocol. A refusal by
 * libsodium, thrown or returned, comes out as `undefined` or `false`; what it means is decided by
 * the caller, who knows which message is being checked.
 */
import { createCipheriv, createDecipheriv, timingSafeEqual } from "node:crypto";
import { concatBytes } from "../base/index.ts";
import { type LoadAddon, NativeSodium, requireSodiumNative } from "./native-sodium.ts";
import { type RecordCipher } from "./record-cipher.ts";
import { type Multiply, orRefused, type SigningPair, type Sodium } from "./sodium.ts";

/** Which libsodium is in use: sodium-native, or the WebAssembly that is always there. */
export interface Accelerator {
  readonly name: "sodium-native" | "none";
  /** Why it is none: switched off, or what loading threw. */
  readonly reason?: string;
}

let sodium: Sodium;
let chosen: Accelerator = { name: "none", reason: "nothing is loaded yet" };
let loading: Promise<void> | undefined;

/**
 * Settles once libsodium is loaded; everything else in this file needs that first. sodium-native is
 * used when it is there and loads, unless the environment says `HANDFAST_ACCELERATOR=none`.
 */
export function ready(): Promise<void> {
  const switchedOff = process.env["HANDFAST_ACCELERATOR"] === "none";
  return (loading ??= choose(switchedOff ? undefined : requireSodiumNative));
}

/** What {@link ready} chose. */
export function accelerator(): Accelerator {
  return chosen;
}

/** Chooses, and in tests chooses anew: what `load` gives, or else WebAssembly. */
export async function choose(load: LoadAddon | undefined): Promise<void> {
  let reason = "switched off";
  try {
    if (load !== undefined) {
      sodium = new NativeSodium(load);
      chosen = { name: "sodium-native" };
      return;
    }
  } catch (error) {
    [reason = ""] = String(error).split("\n"); // what require adds is a list of files
  }
  const { WasmSodium } = await import("./wasm-sodium.ts"); // takes 40 ms and 16 MiB: not for nothing
  sodium = await WasmSodium.load();
  chosen = { name: "none", reason };
}

/** 32 fresh random bytes, from which a long-term key pair grows. */
export function generateSeed(): Uint8Array {
  const seed = new Uint8Array(32);
  sodium.randomize(seed);
  return seed;
}

/** One X25519 key pair, for one connection. */
export interface Ephemeral {
  readonly publicKey: Uint8Array;
  /** Wiped when the handshake is over, whichever way it ends. */
  readonly secret: Uint8Array;
}

export function generateEphemeral(): Ephemeral {
  return ephemeralOf(generateSeed());
}

/** The pair that belongs to a given secret; only tests have a reason to choose one. */
export function ephemeralOf(secret: Uint8Array): Ephemeral {
  return { publicKey: sodium.scalarmultBase(secret), secret };
}

/** `h`: SHA-256 of the parts, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = concatBytes(...parts);
  const digest = sodium.sha256(whole);
  wipe(whole); // some of it may be secret
  return digest;
}

/** `mac_K`: HMAC-SHA-512 truncated to 32 bytes (`crypto_auth`). */
export function mac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return sodium.auth(key, message);
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

/** X25519 by one secret. */
export function multiplyBy(secret: Uint8Array): Multiply {
  return sodium.multiplyBy(secret);
}

/** Overwrites secrets that are no longer needed. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

/** The Ed25519 pair that grows from a seed of 32 bytes; the secret is seed ‖ public key. */
export function signingPair(seed: Uint8Array): SigningPair {
  return sodium.signingPair(seed);
}

export function sign(message: Uint8Array, secret: Uint8Array): Uint8Array {
  return sodium.sign(message, secret);
}

/**
 * Whether the signature holds. Always libsodium: it refuses small-order and non-canonical keys and
 * `S ≥ L`, which the verifier of node:crypto lets pass.
 */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return sodium.verify(signature, message, publicKey);
}

/** `X(Ap)`; `undefined` for a key that is not a canonical point of the main subgroup. */
export function curvePublicKey(publicKey: Uint8Array): Uint8Array | undefined {
  return sodium.curvePublicKey(publicKey);
}

/** The X25519 secret that belongs to an Ed25519 secret of 64 bytes. */
export function curveSecret(secret: Uint8Array): Uint8Array {
  return sodium.curveSecret(secret);
}

/** `box[key]`: XSalsa20-Poly1305, tag first, under the zero nonce. The key must never repeat. */
export function sealOnce(plaintext: Uint8Array, key: Uint8Array): Uint8Array {
  return sodium.sealBox(plaintext, ZERO_NONCE, key);
}

/** Opens what {@link sealOnce} sealed; `undefined` when the tag does not fit. */
export function openOnce(box: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  return sodium.openBox(box, ZERO_NONCE, key);
}

/** What records are sealed and opened with. */
export function recordCipher(): RecordCipher {
  return sodium.recordCipher;
}

/**
 * ChaCha20-Poly1305-IETF of the parts as one plaintext, by node:crypto: slower to begin than a
 * {@link RecordCipher}, faster by the byte. One piece of ciphertext for each part.
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

/**
 * HMAC-SHA-256 (RFC 2104 §2) under a key of 32 bytes. A `Hmac` of node:crypto is an object with a
 * finalizer, which costs three times what the hashing does.
 */
function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const [inner, outer] = [INNER_PAD.slice(), OUTER_PAD.slice()];
  key.forEach((byte, index) => {
    inner[index] = INNER_PAD_BYTE ^ byte;
    outer[index] = OUTER_PAD_BYTE ^ byte;
  });
  const digest = sha256(outer, sha256(inner, ...parts));
  wipe(inner, outer);
  return digest;
}

const SHA256_BLOCK_BYTES = 64;
const INNER_PAD_BYTE = 0x36;
const OUTER_PAD_BYTE = 0x5c;
const INNER_PAD = new Uint8Array(SHA256_BLOCK_BYTES).fill(INNER_PAD_BYTE);
const OUTER_PAD = new Uint8Array(SHA256_BLOCK_BYTES).fill(OUTER_PAD_BYTE);
const ZERO_NONCE = new Uint8Array(24);
const FIRST_BLOCK = Uint8Array.of(1);
