/**
 * The ciphers of the record suites, on bytes wherever they lie: `to` takes what comes of `from`, has
 * its length, and may be the same bytes. Every call is complete in itself.
 */
export interface RecordCipher {
  /** ChaCha20-Poly1305 of more bytes than this is faster with node:crypto. */
  readonly swiftBytes: number;
  /** XSalsa20-Poly1305; nonces of 24 bytes. */
  sealBox(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): void;
  /** `false` when the tag does not fit, and then nothing was deciphered; so are the others. */
  openBox(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): boolean;
  /** XChaCha20-Poly1305-IETF without additional data; nonces of 24 bytes. */
  sealXChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): void;
  openXChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes): boolean;
  /** ChaCha20-Poly1305-IETF; nonces of 12 bytes; `ad` is the additional data. */
  sealChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes, ad: Bytes): void;
  openChaCha(to: Bytes, tag: Bytes, from: Bytes, nonce: Bytes, key: Bytes, ad: Bytes): boolean;
}

type Bytes = Uint8Array;

/** The longest text that a {@link RecordCipher} must take: aead64k's payload and its type. */
export const MAX_TEXT_BYTES = 65_537;
