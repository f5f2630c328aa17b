/** The types of a list's elements that are numbers and the like (language spec, "Built-in Types"). */
import { Codec } from "./codec.ts";
import { ElementSize, type ListView } from "./list-view.ts";
import * as write from "./scalar-write.ts";
import { type StructView } from "./struct-view.ts";
import { ValueError } from "./value-error.ts";

/** Elements of one, two, four or eight bytes. */
class ScalarCodec<T> extends Codec<T, T, T> {
  readonly size: ElementSize;
  readonly #get: (view: DataView, at: number) => T;
  readonly #set: (element: StructView, offset: number, value: T) => void;

  constructor(
    size: ElementSize,
    get: (view: DataView, at: number) => T,
    set: (element: StructView, offset: number, value: T) => void,
  ) {
    super();
    this.size = size;
    this.#get = get;
    this.#set = set;
  }

  override readElement(list: ListView, index: number): T {
    return this.#get(list.segment.view, list.data(index));
  }

  override buildElement(list: ListView, index: number): T {
    return this.readElement(list, index);
  }

  override writeElement(list: ListView, index: number, value: T): void {
    this.#set(list.struct(index), 0, value);
  }
}

class BoolCodec extends Codec<boolean, boolean, boolean> {
  override readonly size = ElementSize.bit;

  override readElement(list: ListView, index: number): boolean {
    const byte = list.segment.view.getUint8(list.start + (index >>> 3));
    return ((byte >>> (index & 7)) & 1) === 1;
  }

  override buildElement(list: ListView, index: number): boolean {
    return this.readElement(list, index);
  }

  override writeElement(list: ListView, index: number, value: boolean): void {
    if (typeof value !== "boolean") throw new ValueError("a boolean", value);
    const at = list.start + (index >>> 3);
    const bit = 1 << (index & 7);
    const old = list.segment.view.getUint8(at);
    list.segment.view.setUint8(at, value ? old | bit : old & ~bit);
  }
}

class VoidCodec extends Codec<null, null, null> {
  override readonly size = ElementSize.void;

  override readElement(): null {
    return null;
  }
  override buildElement(): null {
    return null;
  }
  override writeElement(): void {
    // There is nothing to write.
  }
}

const { byte, twoBytes, fourBytes, eightBytes } = ElementSize;

/** Takes no room; its only value is `null`. */
export const Void: Codec<null, null, null> = new VoidCodec();
/** One bit of a list. */
export const Bool: Codec<boolean, boolean, boolean> = new BoolCodec();
/** One byte: a signed number. */
export const Int8 = new ScalarCodec(byte, (view, at) => view.getInt8(at), write.setI8);
/** Two bytes: a signed number. */
export const Int16 = new ScalarCodec(twoBytes, (view, at) => view.getInt16(at, true), write.setI16);
/** Four bytes: a signed number. */
export const Int32 = new ScalarCodec(
  fourBytes,
  (view, at) => view.getInt32(at, true),
  write.setI32,
);
/** Eight bytes: a signed bigint. */
export const Int64 = new ScalarCodec(
  eightBytes,
  (view, at) => view.getBigInt64(at, true),
  write.setI64,
);
/** One byte: an unsigned number. */
export const UInt8 = new ScalarCodec(byte, (view, at) => view.getUint8(at), write.setU8);
/** Two bytes: an unsigned number. */
export const UInt16 = new ScalarCodec(
  twoBytes,
  (view, at) => view.getUint16(at, true),
  write.setU16,
);
/** Four bytes: an unsigned number. */
export const UInt32 = new ScalarCodec(
  fourBytes,
  (view, at) => view.getUint32(at, true),
  write.setU32,
);
/** Eight bytes: an unsigned bigint. */
export const UInt64 = new ScalarCodec(
  eightBytes,
  (view, at) => view.getBigUint64(at, true),
  write.setU64,
);
/** Four bytes: a floating-point number. */
export const Float32 = new ScalarCodec(
  fourBytes,
  (view, at) => view.getFloat32(at, true),
  write.setF32,
);
/** Eight bytes: a floating-point number. */
export const Float64 = new ScalarCodec(
  eightBytes,
  (view, at) => view.getFloat64(at, true),
  write.setF64,
);
