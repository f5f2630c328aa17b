/**
 * Writing a field of a struct's data section; offsets and defaults as in scalar-read.ts. A struct
 * being built is never shorter than its schema says, so nothing is checked but the value:
 * `VALUE_OUT_OF_RANGE` for one that the field cannot hold.
 */
import { type StructView } from "./struct-view.ts";
import { ValueError } from "./value-error.ts";

const MAX_U64 = 2n ** 64n - 1n;
const MAX_I64 = 2n ** 63n - 1n;
const MIN_I64 = -(2n ** 63n);
const scratch = new DataView(new ArrayBuffer(8));

/** Sets the Bool at `bit`. */
export function setBool(at: StructView, bit: number, value: boolean, fallback = false): void {
  if (typeof value !== "boolean") throw new ValueError("a boolean", value);
  const byte = at.data + (bit >>> 3);
  const mask = 1 << (bit & 7);
  const { view } = at.segment;
  const old = view.getUint8(byte);
  view.setUint8(byte, value === fallback ? old & ~mask : old | mask);
}

/** Sets the UInt8 at byte `offset`. */
export function setU8(at: StructView, offset: number, value: number, xor = 0): void {
  if (typeof value !== "number" || (value & 0xff) !== value) throw new ValueError("a UInt8", value);
  at.segment.view.setUint8(at.data + offset, value ^ xor);
}

/** Sets the Int8 at byte `offset`. */
export function setI8(at: StructView, offset: number, value: number, xor = 0): void {
  if (typeof value !== "number" || (value << 24) >> 24 !== value)
    throw new ValueError("an Int8", value);
  at.segment.view.setInt8(at.data + offset, value ^ xor);
}

/** Sets the UInt16 at byte `offset`. */
export function setU16(at: StructView, offset: number, value: number, xor = 0): void {
  if (typeof value !== "number" || (value & 0xffff) !== value)
    throw new ValueError("a UInt16", value);
  at.segment.view.setUint16(at.data + offset, value ^ xor, true);
}

/** Sets the Int16 at byte `offset`. */
export function setI16(at: StructView, offset: number, value: number, xor = 0): void {
  if (typeof value !== "number" || (value << 16) >> 16 !== value)
    throw new ValueError("an Int16", value);
  at.segment.view.setInt16(at.data + offset, value ^ xor, true);
}

/** Sets the UInt32 at byte `offset`. */
export function setU32(at: StructView, offset: number, value: number, xor = 0): void {
  if (typeof value !== "number" || value >>> 0 !== value) throw new ValueError("a UInt32", value);
  at.segment.view.setInt32(at.data + offset, value ^ xor, true);
}

/** Sets the Int32 at byte `offset`. */
export function setI32(at: StructView, offset: number, value: number, xor = 0): void {
  if (typeof value !== "number" || (value | 0) !== value) throw new ValueError("an Int32", value);
  at.segment.view.setInt32(at.data + offset, value ^ xor, true);
}

/** Sets the UInt64 at byte `offset`, a bigint. */
export function setU64(at: StructView, offset: number, value: bigint, xor = 0n): void {
  if (typeof value !== "bigint" || value < 0n || value > MAX_U64)
    throw new ValueError("a UInt64, a bigint", value);
  at.segment.view.setBigUint64(at.data + offset, xor === 0n ? value : value ^ xor, true);
}

/** Sets the Int64 at byte `offset`, a bigint. */
export function setI64(at: StructView, offset: number, value: bigint, xor = 0n): void {
  if (typeof value !== "bigint" || value < MIN_I64 || value > MAX_I64)
    throw new ValueError("an Int64, a bigint", value);
  at.segment.view.setBigInt64(at.data + offset, xor === 0n ? value : value ^ xor, true);
}

/** Sets the Float32 at byte `offset`. */
export function setF32(at: StructView, offset: number, value: number, xor = 0): void {
  if (typeof value !== "number") throw new ValueError("a number", value);
  const { view } = at.segment;
  view.setFloat32(at.data + offset, value, true);
  if (xor !== 0) {
    const stored = view.getInt32(at.data + offset, true);
    view.setInt32(at.data + offset, stored ^ xor, true);
  }
}

/** Sets the Float64 at byte `offset`. */
export function setF64(at: StructView, offset: number, value: number, xor = 0n): void {
  if (typeof value !== "number") throw new ValueError("a number", value);
  if (xor === 0n) {
    at.segment.view.setFloat64(at.data + offset, value, true);
    return;
  }
  scratch.setFloat64(0, value);
  at.segment.view.setBigUint64(at.data + offset, scratch.getBigUint64(0) ^ xor, true);
}
