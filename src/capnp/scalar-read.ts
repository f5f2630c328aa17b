/**
 * Reading a field of a struct's data section. `offset` counts bytes (bits for `bool`) from the
 * start of the section; a field beyond its end, as in a struct from an older schema, reads as its
 * default. A default other than zero is stored XORed (encoding spec, "Default Values"): `xor` is
 * its bit pattern.
 */
import { type StructView } from "./struct-view.ts";

const scratch = new DataView(new ArrayBuffer(8));

/** The Bool at `bit`. */
export function bool(at: StructView, bit: number, fallback = false): boolean {
  const byte = at.data + (bit >>> 3);
  if (byte >= at.pointers) return fallback;
  return ((at.segment.view.getUint8(byte) >>> (bit & 7)) & 1) !== (fallback ? 1 : 0);
}

/** The UInt8 at byte `offset`. */
export function u8(at: StructView, offset: number, xor = 0): number {
  const byte = at.data + offset;
  return byte < at.pointers ? at.segment.view.getUint8(byte) ^ xor : xor;
}

/** The Int8 at byte `offset`. */
export function i8(at: StructView, offset: number, xor = 0): number {
  return (u8(at, offset, xor & 0xff) << 24) >> 24;
}

/** The UInt16 at byte `offset`. */
export function u16(at: StructView, offset: number, xor = 0): number {
  const byte = at.data + offset;
  return byte + 2 <= at.pointers ? at.segment.view.getUint16(byte, true) ^ xor : xor;
}

/** The Int16 at byte `offset`. */
export function i16(at: StructView, offset: number, xor = 0): number {
  return (u16(at, offset, xor & 0xffff) << 16) >> 16;
}

/** The UInt32 at byte `offset`. */
export function u32(at: StructView, offset: number, xor = 0): number {
  return i32(at, offset, xor) >>> 0;
}

/** The Int32 at byte `offset`. */
export function i32(at: StructView, offset: number, xor = 0): number {
  const byte = at.data + offset;
  return byte + 4 <= at.pointers ? at.segment.view.getInt32(byte, true) ^ xor : xor | 0;
}

/** The UInt64 at byte `offset`, a bigint. */
export function u64(at: StructView, offset: number, xor?: bigint): bigint {
  const byte = at.data + offset;
  if (byte + 8 > at.pointers) return xor === undefined ? 0n : BigInt.asUintN(64, xor);
  const stored = at.segment.view.getBigUint64(byte, true);
  return xor === undefined ? stored : BigInt.asUintN(64, stored ^ xor);
}

/** The Int64 at byte `offset`, a bigint. */
export function i64(at: StructView, offset: number, xor?: bigint): bigint {
  const byte = at.data + offset;
  if (byte + 8 > at.pointers) return xor === undefined ? 0n : BigInt.asIntN(64, xor);
  const stored = at.segment.view.getBigInt64(byte, true);
  return xor === undefined ? stored : BigInt.asIntN(64, stored ^ xor);
}

/** The Float32 at byte `offset`. */
export function f32(at: StructView, offset: number, xor = 0): number {
  if (xor !== 0) {
    scratch.setInt32(0, i32(at, offset, xor), true);
    return scratch.getFloat32(0, true);
  }
  const byte = at.data + offset;
  return byte + 4 <= at.pointers ? at.segment.view.getFloat32(byte, true) : 0;
}

/** The Float64 at byte `offset`. */
export function f64(at: StructView, offset: number, xor?: bigint): number {
  if (xor !== undefined) {
    scratch.setBigUint64(0, u64(at, offset, xor), true);
    return scratch.getFloat64(0, true);
  }
  const byte = at.data + offset;
  return byte + 8 <= at.pointers ? at.segment.view.getFloat64(byte, true) : 0;
}

/** The union's member by name; `undefined` for one that only a newer schema knows. */
export function which<Name extends string>(
  at: StructView,
  offset: number,
  names: readonly Name[],
): Name | undefined {
  return names[u16(at, offset)];
}
