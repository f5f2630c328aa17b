import sodium from "libsodium-wrappers";
import { type Arena, ARENA_BYTES, type Place, type Stretch } from "./arena.ts";
import { orRefused, type SigningPair, type Sodium } from "./sodium.ts";

/** libsodium as WebAssembly, which runs everywhere. */
export class WasmSodium implements Sodium {
  readonly arena = new WasmArena();

  /** Settles once libsodium is loaded. */
  static async load(): Promise<WasmSodium> {
    await sodium.ready;
    return new WasmSodium();
  }

  auth(key: Uint8Array, message: Uint8Array): Uint8Array {
    return sodium.crypto_auth(message, key);
  }

  scalarmult(secret: Uint8Array, point: Uint8Array): Uint8Array | undefined {
    return orRefused(() => sodium.crypto_scalarmult(secret, point));
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

class WasmArena implements Arena {
  /** Cheaper to begin than a cipher of node:crypto, dearer by the byte. */
  readonly swiftBytes = 3 * 1024;
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

const KEY_BYTES = 32;
const MAX_NONCE_BYTES = 32;
const NO_AD: Stretch = { at: 0, length: 0 };
