import { createRequire } from "node:module";
import { type RecordCipher } from "./record-cipher.ts";
import { type Multiply, orRefused, type SigningPair, type Sodium } from "./sodium.ts";

/** Loads the addon; throws when it cannot. */
export type LoadAddon = () => unknown;

/** The optional peer dependency. */
export const requireSodiumNative: LoadAddon = () =>
  createRequire(import.meta.url)("sodium-native") as unknown;

/**
 * libsodium as machine code, by way of sodium-native: the same functions, the same refusals, the
 * same bytes, three to four times as fast.
 */
export class NativeSodium implements Sodium {
  readonly recordCipher: RecordCipher;
  readonly #addon: Addon;

  /** Throws what the loader throws, or `TypeError` when what it loaded lacks something. */
  constructor(load: LoadAddon) {
    const addon = load() as Addon; // checked in the next lines
    for (const name of NEEDED) {
      if (typeof addon[name] !== "function") throw new TypeError(`sodium-native has no ${name}`);
    }
    this.#addon = addon;
    this.recordCipher = new NativeRecordCipher(addon);
  }

  randomize(bytes: Uint8Array): void {
    this.#addon.randombytes_buf(bytes);
  }

  sha256(message: Uint8Array): Uint8Array {
    const digest = new Uint8Array(32);
    this.#addon.crypto_hash_sha256(digest, message);
    return digest;
  }

  auth(key: Uint8Array, message: Uint8Array): Uint8Array {
    const mac = new Uint8Array(32);
    this.#addon.crypto_auth(mac, message, key);
    return mac;
  }

  multiplyBy(secret: Uint8Array): Multiply {
    return (point) =>
      orRefused(() => {
        const product = new Uint8Array(32);
        this.#addon.crypto_scalarmult(product, secret, point);
        return product;
      });
  }

  scalarmultBase(secret: Uint8Array): Uint8Array {
    const point = new Uint8Array(32);
    this.#addon.crypto_scalarmult_base(point, secret);
    return point;
  }

  signingPair(seed: Uint8Array): SigningPair {
    const pair = { publicKey: new Uint8Array(32), secret: new Uint8Array(64) };
    this.#addon.crypto_sign_seed_keypair(pair.publicKey, pair.secret, seed);
    return pair;
  }

  sign(message: Uint8Array, secret: Uint8Array): Uint8Array {
    const signature = new Uint8Array(64);
    this.#addon.crypto_sign_detached(signature, message, secret);
    return signature;
  }

  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    const verify = this.#addon.crypto_sign_verify_detached;
    return orRefused(() => verify(signature, message, publicKey)) ?? false;
  }

  curvePublicKey(publicKey: Uint8Array): Uint8Array | undefined {
    return orRefused(() => {
      const point = new Uint8Array(32);
      this.#addon.crypto_sign_ed25519_pk_to_curve25519(point, publicKey);
      return point;
    });
  }

  curveSecret(secret: Uint8Array): Uint8Array {
    const scalar = new Uint8Array(32);
    this.#addon.crypto_sign_ed25519_sk_to_curve25519(scalar, secret);
    return scalar;
  }

  sealBox(plaintext: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array {
    const box = new Uint8Array(plaintext.length + TAG_BYTES);
    this.#addon.crypto_secretbox_easy(box, plaintext, nonce, key);
    return box;
  }

  openBox(box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined {
    return orRefused(() => {
      const plaintext = new Uint8Array(box.length - TAG_BYTES);
      const opens = this.#addon.crypto_secretbox_open_easy(plaintext, box, nonce, key);
      return opens ? plaintext : undefined;
    });
  }
}

class NativeRecordCipher implements RecordCipher {
  /** Faster than node:crypto for records of every size. */
  readonly swiftBytes = Infinity;
  readonly #addon: Addon;

  constructor(addon: Addon) {
    this.#addon = addon;
  }

  sealBox(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): void {
    this.#addon.crypto_secretbox_detached(to, tag, from, nonce, key);
  }

  openBox(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): boolean {
    return this.#addon.crypto_secretbox_open_detached(to, from, tag, nonce, key);
  }

  sealXChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): void {
    const encrypt = this.#addon.crypto_aead_xchacha20poly1305_ietf_encrypt_detached;
    encrypt(to, tag, from, null, null, nonce, key);
  }

  openXChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): boolean {
    const decrypt = this.#addon.crypto_aead_xchacha20poly1305_ietf_decrypt_detached;
    return opens(decrypt, to, tag, from, nonce, key, null);
  }

  sealChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes, ad: Bytes): void {
    const encrypt = this.#addon.crypto_aead_chacha20poly1305_ietf_encrypt_detached;
    encrypt(to, tag, from, ad, null, nonce, key);
  }

  openChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes, ad: Bytes): boolean {
    const decrypt = this.#addon.crypto_aead_chacha20poly1305_ietf_decrypt_detached;
    return opens(decrypt, to, tag, from, nonce, key, ad);
  }
}

function opens(
  decrypt: Decrypt,
  to: Bytes,
  tag: Bytes,
  from: Bytes,
  nonce: Bytes,
  key: Bytes,
  ad: Bytes | null,
): boolean {
  try {
    decrypt(to, null, from, tag, ad, nonce, key);
    return true;
  } catch {
    return false;
  }
}

type Bytes = Uint8Array;
/** Of the `aead` functions: text, tag and additional data apart; `null` is libsodium's unused `nsec`. */
type Encrypt = (
  cipher: Bytes,
  tag: Bytes,
  text: Bytes,
  ad: Bytes | null,
  unused: null,
  nonce: Bytes,
  key: Bytes,
) => void;
type Decrypt = (
  text: Bytes,
  unused: null,
  cipher: Bytes,
  tag: Bytes,
  ad: Bytes | null,
  nonce: Bytes,
  key: Bytes,
) => void;

/** What sodium-native exports and we use; results come first. It throws what libsodium refuses. */
interface Addon {
  readonly randombytes_buf: (bytes: Bytes) => void;
  readonly crypto_hash_sha256: (digest: Bytes, message: Bytes) => void;
  readonly crypto_auth: (mac: Bytes, message: Bytes, key: Bytes) => void;
  readonly crypto_scalarmult: (product: Bytes, secret: Bytes, point: Bytes) => void;
  readonly crypto_scalarmult_base: (point: Bytes, secret: Bytes) => void;
  readonly crypto_sign_seed_keypair: (publicKey: Bytes, secret: Bytes, seed: Bytes) => void;
  readonly crypto_sign_detached: (signature: Bytes, message: Bytes, secret: Bytes) => void;
  readonly crypto_sign_verify_detached: (
    signature: Bytes,
    message: Bytes,
    publicKey: Bytes,
  ) => boolean;
  readonly crypto_sign_ed25519_pk_to_curve25519: (point: Bytes, publicKey: Bytes) => void;
  readonly crypto_sign_ed25519_sk_to_curve25519: (scalar: Bytes, secret: Bytes) => void;
  readonly crypto_secretbox_easy: (box: Bytes, text: Bytes, nonce: Bytes, key: Bytes) => void;
  readonly crypto_secretbox_open_easy: (
    text: Bytes,
    box: Bytes,
    nonce: Bytes,
    key: Bytes,
  ) => boolean;
  readonly crypto_secretbox_detached: (
    cipher: Bytes,
    tag: Bytes,
    text: Bytes,
    nonce: Bytes,
    key: Bytes,
  ) => void;
  readonly crypto_secretbox_open_detached: (
    text: Bytes,
    cipher: Bytes,
    tag: Bytes,
    nonce: Bytes,
    key: Bytes,
  ) => boolean;
  readonly crypto_aead_xchacha20poly1305_ietf_encrypt_detached: Encrypt;
  readonly crypto_aead_xchacha20poly1305_ietf_decrypt_detached: Decrypt;
  readonly crypto_aead_chacha20poly1305_ietf_encrypt_detached: Encrypt;
  readonly crypto_aead_chacha20poly1305_ietf_decrypt_detached: Decrypt;
}

const NEEDED: readonly (keyof Addon)[] = [
  "crypto_auth",
  "crypto_hash_sha256",
  "randombytes_buf",
  "crypto_scalarmult",
  "crypto_scalarmult_base",
  "crypto_sign_seed_keypair",
  "crypto_sign_detached",
  "crypto_sign_verify_detached",
  "crypto_sign_ed25519_pk_to_curve25519",
  "crypto_sign_ed25519_sk_to_curve25519",
  "crypto_secretbox_easy",
  "crypto_secretbox_open_easy",
  "crypto_secretbox_detached",
  "crypto_secretbox_open_detached",
  "crypto_aead_xchacha20poly1305_ietf_encrypt_detached",
  "crypto_aead_xchacha20poly1305_ietf_decrypt_detached",
  "crypto_aead_chacha20poly1305_ietf_encrypt_detached",
  "crypto_aead_chacha20poly1305_ietf_decrypt_detached",
];

const TAG_BYTES = 16;
