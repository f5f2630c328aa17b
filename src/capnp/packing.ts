/** Packing (encoding spec, "Packing") is capnp-ts's; what it trusts its input with is checked. */
import { createRequire } from "node:module";
import { CapnpError } from "./capnp-error.ts";

interface Packing {
  pack(unpacked: ArrayBuffer, byteOffset?: number, byteLength?: number): ArrayBuffer;
  unpack(packed: Uint8Array, offset: number, unpacked: Uint8Array): number;
}

let loaded: Packing | undefined;

/** Loaded when it is first needed: it costs more than all the rest of this room. */
function packing(): Packing {
  loaded ??= createRequire(import.meta.url)("capnp-ts/src/serialization/packing.js") as Packing; // its .d.ts says so
  return loaded;
}

export function pack(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(packing().pack(bytes.slice().buffer));
}

/** Throws `PACKING_INVALID` for what is cut short, `MESSAGE_TOO_LARGE` for what would get so. */
export function unpack(packed: Uint8Array, maxBytes: number): Uint8Array {
  const bytes = new Uint8Array(unpackedBytes(packed, maxBytes));
  packing().unpack(packed, 0, bytes);
  return bytes;
}

/** Walks the tags, so that memory is spent only on a message that is whole and small enough. */
function unpackedBytes(packed: Uint8Array, maxBytes: number): number {
  let at = 0;
  let words = 0;
  while (at < packed.length) {
    const tag = packed[at] ?? 0;
    at += 1 + bitsIn(tag);
    words += 1;
    if (tag === 0 || tag === 0xff) {
      const run = packed[at] ?? 0;
      at += 1 + (tag === 0xff ? 8 * run : 0);
      words += run;
    }
    if (at > packed.length) throw new CapnpError("PACKING_INVALID", "packed bytes are cut short");
    if (words * 8 > maxBytes) {
      throw new CapnpError("MESSAGE_TOO_LARGE", `more than ${maxBytes} bytes when unpacked`);
    }
  }
  return words * 8;
}

function bitsIn(tag: number): number {
  let bits = 0;
  for (let rest = tag; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}
