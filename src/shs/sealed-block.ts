/** Bytes of the largest record of any suite, which is aead64k's. */
export const BLOCK_BYTES = 65_557;

/**
 * Blocks kept for their next use. Ours: 2 MiB, which a loopback or a fast network takes in one turn,
 * and hears only after the turn that they have left.
 */
const MAX_SPARE = 32;

/** From here on to keep a block is cheaper than to allocate another. */
const LONG_BYTES = 16 * 1024;

const spare: Uint8Array[] = [];
/** Blocks that are in use. */
const lent = new WeakSet<ArrayBufferLike>();

/** Memory for `length` bytes of records, at most {@link BLOCK_BYTES}; what it holds is arbitrary. */
export function sealedBlock(length: number): Uint8Array {
  if (length < LONG_BYTES) return Buffer.allocUnsafe(length);
  const block = spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  lent.add(block.buffer);
  return block.subarray(0, length);
}

/**
 * Takes back records that nobody will look at again, so that the next ones are written to memory
 * that is still in the processor's cache. Bytes from elsewhere are left alone.
 */
export function reuse(sealed: Uint8Array): void {
  if (lent.delete(sealed.buffer) && spare.length < MAX_SPARE) {
    spare.push(Buffer.from(sealed.buffer));
  }
}
