const HEX = /^(?:[0-9a-f]{2})*$/i;

/** The bytes of a hexadecimal string; `undefined` when it is not one. */
export function fromHex(text: string): Uint8Array | undefined {
  if (!HEX.test(text)) return undefined;
  return Uint8Array.from(Buffer.from(text, "hex"));
}

export function toHex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("hex");
}

export function toBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("base64");
}

/** Base64 with the URL alphabet and no padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("base64url");
}

/** The bytes of canonical base64 (padded, RFC 4648 §4); `undefined` when it is anything else. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? Uint8Array.from(bytes) : undefined;
}

/** The bytes of canonical unpadded base64url; `undefined` when it is anything else. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? Uint8Array.from(bytes) : undefined;
}

/** Whether two byte strings are equal; not constant time, so never for secrets. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** Lexicographic order of two byte strings: negative, zero or positive. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left, right);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
