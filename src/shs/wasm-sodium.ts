import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hash,
  randomFillSync,
} from "node:crypto";
import type libsodium from "libsodium-wrappers";
import { toBase64Url as base64url } from "../base/index.ts";
import { MAX_TEXT_BYTES, type RecordCipher } from "./record-cipher.ts";
import { type Multiply, orRefused, type SigningPair, type Sodium } from "./sodium.ts";

/** Loaded when it is wanted: that takes 20 ms, which sodium-native saves. */
let sodium: typeof libsodium;

/** libsodium as WebAssembly, which runs everywhere. */
export class WasmSodium implements Sodium {
  readonly recordCipher: RecordCipher = new WasmRecordCipher();

  /** Settles once libsodium is loaded. */
  static async load(): Promise<WasmSodium> {
    ({ default: sodium } = await import("libsodium-wrappers"));
    await sodium.ready;
    return new WasmSodium();
  }

  /** By node:crypto, as is the next: OpenSSL is quicker than WebAssembly. */
  randomize(bytes: Uint8Array): void {
    randomFillSync(bytes);
  }

  sha256(message: Uint8Array): Uint8Array {
    return Uint8Array.from(hash("sha256", message, "buffer"));
  }

  auth(key: Uint8Array, message: Uint8Array): Uint8Array {
    return sodium.crypto_auth(message, key);
  }

  /**
   * By node:crypto, in a third of the time. Importing DER would take ten times as long as JWK, whose
   * text of the secret, like OpenSSL's copy, stays in memory until it is collected.
   */
  multiplyBy(secret: Uint8Array): Multiply {
    const privateKey = orRefused(() =>
      createPrivateKey({ key: { ...X25519, d: base64url(secret), x: "" }, format: "jwk" }),
    );
    if (privateKey === undefined) {
      return (point) => orRefused(() => sodium.crypto_scalarmult(secret, point));
    }
    return (point) =>
      orRefused(() => {
        const key = { ...X25519, x: base64url(point) };
        const publicKey = createPublicKey({ key, format: "jwk" });
        const product = diffieHellman({ privateKey, publicKey }); // throws when it would be zero
        return new Uint8Array(product.buffer, product.byteOffset, product.length);
      });
  }

  scalarmultBase(secret: Uint8Array): Uint8Array {
    return sodium.crypto_scalarmult_base(secret);
  }

  signingPair(seed: Uint8Array): SigningPair {
    const { publicKey, privateKey } = sodium.crypto_sign_seed_keypair(seed);
    return { publicKey, secret: privateKey };
  }

  sign(message: Uint8Array, secret: Uint8Array): Uint8Array {
    return sodium.crypto_sign_detached(message, secret);
  }

  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    const verify = sodium.crypto_sign_verify_detached;
    return orRefused(() => verify(signature, message, publicKey)) ?? false;
  }

  curvePublicKey(publicKey: Uint8Array): Uint8Array | undefined {
    return orRefused(() => sodium.crypto_sign_ed25519_pk_to_curve25519(publicKey));
  }

  curveSecret(secret: Uint8Array): Uint8Array {
    return sodium.crypto_sign_ed25519_sk_to_curve25519(secret);
  }

  sealBox(plaintext: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array {
    return sodium.crypto_secretbox_easy(plaintext, nonce, key);
  }

  openBox(box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined {
    return orRefused(() => sodium.crypto_secretbox_open_easy(box, nonce, key));
  }
}

/** One block of libsodium's own memory, where every record is ciphered in place. */
class WasmRecordCipher implements RecordCipher {
  /**
   * Cheaper to begin than a cipher of node:crypto, whose output comes in pieces, and dearer by the
   * byte: with the share of the socket they are even between 4 and 8 KiB.
   */
  readonly swiftBytes = 5 * 1024;
  readonly #raw = rawSodium();
  readonly #key = this.#raw._malloc(
    KEY_BYTES + MAX_NONCE_BYTES + MAX_AD_BYTES + TAG_BYTES + MAX_TEXT_BYTES,
  );
  readonly #nonce = this.#key + KEY_BYTES;
  readonly #ad = this.#nonce + MAX_NONCE_BYTES;
  readonly #tag = this.#ad + MAX_AD_BYTES;
  readonly #text = this.#tag + TAG_BYTES;

  sealBox(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): void {
    this.#load(from, nonce, key);
    const text = this.#text;
    const seal = this.#raw._crypto_secretbox_detached;
    seal(text, this.#tag, text, from.length, 0, this.#nonce, this.#key);
    this.#unload(to, tag);
  }

  openBox(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): boolean {
    this.#load(from, nonce, key, tag);
    const text = this.#text;
    const open = this.#raw._crypto_secretbox_open_detached;
    const opens = open(text, text, this.#tag, from.length, 0, this.#nonce, this.#key) === 0;
    if (opens) this.#unload(to);
    return opens;
  }

  sealXChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): void {
    const encrypt = this.#raw._crypto_aead_xchacha20poly1305_ietf_encrypt_detached;
    this.#seal(encrypt, to, tag, from, nonce, key);
  }

  openXChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): boolean {
    const decrypt = this.#raw._crypto_aead_xchacha20poly1305_ietf_decrypt_detached;
    return this.#open(decrypt, to, tag, from, nonce, key);
  }

  sealChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes, ad: Bytes): void {
    const encrypt = this.#raw._crypto_aead_chacha20poly1305_ietf_encrypt_detached;
    this.#seal(encrypt, to, tag, from, nonce, key, ad);
  }

  openChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes, ad: Bytes): boolean {
    const decrypt = this.#raw._crypto_aead_chacha20poly1305_ietf_decrypt_detached;
    return this.#open(decrypt, to, tag, from, nonce, key, ad);
  }

  #seal(
    encrypt: RawEncrypt,
    to: Bytes,
    tag: Bytes,
    from: Bytes,
    nonce: Bytes,
    key: Bytes,
    ad: Bytes = NO_AD,
  ): void {
    this.#load(from, nonce, key);
    this.#raw.HEAPU8.set(ad, this.#ad);
    const [text, nonceAt, keyAt] = [this.#text, this.#nonce, this.#key];
    encrypt(text, this.#tag, 0, text, from.length, 0, this.#ad, ad.length, 0, 0, nonceAt, keyAt);
    this.#unload(to, tag);
  }

  #open(
    decrypt: RawDecrypt,
    to: Bytes,
    tag: Bytes,
    from: Bytes,
    nonce: Bytes,
    key: Bytes,
    ad: Bytes = NO_AD,
  ): boolean {
    this.#load(from, nonce, key, tag);
    this.#raw.HEAPU8.set(ad, this.#ad);
    const [text, length, nonceAt, keyAt] = [this.#text, from.length, this.#nonce, this.#key];
    const opens =
      decrypt(text, 0, text, length, 0, this.#tag, this.#ad, ad.length, 0, nonceAt, keyAt) === 0;
    if (opens) this.#unload(to);
    return opens;
  }

  #load(from: Bytes, nonce: Bytes, key: Bytes, tag?: Bytes): void {
    const heap = this.#raw.HEAPU8; // fetched anew every time: it moves when it grows
    heap.set(key, this.#key);
    heap.set(nonce, this.#nonce);
    if (tag !== undefined) heap.set(tag, this.#tag);
    heap.set(from, this.#text);
  }

  #unload(to: Bytes, tag?: Bytes): void {
    const heap = this.#raw.HEAPU8;
    to.set(heap.subarray(this.#text, this.#text + to.length));
    tag?.set(heap.subarray(this.#tag, this.#tag + TAG_BYTES));
  }
}

type Bytes = Uint8Array;

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

const X25519 = { kty: "OKP", crv: "X25519" };
const KEY_BYTES = 32;
const MAX_NONCE_BYTES = 32;
const MAX_AD_BYTES = 16;
const TAG_BYTES = 16;
const NO_AD = new Uint8Array(0);
