/** One up, as a big-endian number that wraps. */
export function incrementBigEndian(nonce: Uint8Array): void {
  for (let index = nonce.length - 1; index >= 0; index -= 1) {
    const byte = ((nonce[index] ?? 0) + 1) & 0xff;
    nonce[index] = byte;
    if (byte !== 0) return;
  }
}

/** One up, as a little-endian number that wraps. */
export function incrementLittleEndian(nonce: Uint8Array): void {
  for (let index = 0; index < nonce.length; index += 1) {
    const byte = ((nonce[index] ?? 0) + 1) & 0xff;
    nonce[index] = byte;
    if (byte !== 0) return;
  }
}
