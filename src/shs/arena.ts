/** Where a record lies in an {@link Arena}: `length` bytes at `at`, in place, the tag at `tagAt`. */
export interface Place {
  readonly at: number;
  readonly length: number;
  readonly tagAt: number;
}

/** Bytes within an {@link Arena}. */
export interface Stretch {
  readonly at: number;
  readonly length: number;
}

/**
 * A block of memory where records are sealed and opened in place: one copy in, one copy out,
 * however many records. Shared by all connections, since every use is synchronous.
 */
export interface Arena {
  /** The block. Fetch it anew after every call: libsodium's memory moves when it grows. */
  readonly bytes: Uint8Array;
  /** ChaCha20-Poly1305 of more bytes than this is faster with node:crypto. */
  readonly swiftBytes: number;
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

/** Bytes of every {@link Arena}: two of the largest records of any suite, and more. */
export const ARENA_BYTES = 160 * 1024;

/** A copy of the block's first `length` bytes; a long one in memory that is not zeroed for nothing. */
export function copyOut(block: Arena, length: number): Uint8Array {
  if (length < LONG_COPY_BYTES) return block.bytes.slice(0, length);
  const copy = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  copy.set(block.bytes.subarray(0, length));
  return copy;
}

const LONG_COPY_BYTES = 4096;
