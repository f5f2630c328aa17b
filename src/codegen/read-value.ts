import { Message, type Pointer, Struct } from "capnp-ts";
import { type Value as WireValue, Value_Which as Which } from "capnp-ts/src/std/schema.capnp.js";
import { type Value } from "./schema.ts";

/** Where schema.capnp Value keeps its floats: read as integers, since a NaN has many patterns. */
const FLOAT32_OFFSET_BYTES = 4;
const FLOAT64_OFFSET_BYTES = 8;
const FRAME_HEADER_BYTES = 8;
const WORD_BYTES = 8;

export function readValue(value: WireValue): Value {
  const which = value.which();
  switch (which) {
    case Which.VOID:
      return { is: "void" };
    case Which.BOOL:
      return { is: "bool", value: value.getBool() };
    case Which.INT8:
      return { is: "integer", value: BigInt(value.getInt8()) };
    case Which.INT16:
      return { is: "integer", value: BigInt(value.getInt16()) };
    case Which.INT32:
      return { is: "integer", value: BigInt(value.getInt32()) };
    case Which.INT64:
      return { is: "integer", value: value.getInt64() };
    case Which.UINT8:
      return { is: "integer", value: BigInt(value.getUint8()) };
    case Which.UINT16:
      return { is: "integer", value: BigInt(value.getUint16()) };
    case Which.UINT32:
      return { is: "integer", value: BigInt(value.getUint32()) };
    case Which.UINT64:
      return { is: "integer", value: value.getUint64() };
    case Which.FLOAT32:
      return {
        is: "float",
        value: value.getFloat32(),
        bits: BigInt(Struct.getUint32(FLOAT32_OFFSET_BYTES, value)),
      };
    case Which.FLOAT64:
      return {
        is: "float",
        value: value.getFloat64(),
        bits: Struct.getUint64(FLOAT64_OFFSET_BYTES, value),
      };
    case Which.TEXT:
      return { is: "text", value: value.getText() };
    case Which.DATA:
      return { is: "data", bytes: value.getData().toUint8Array().slice() };
    case Which.ENUM:
      return { is: "enum", ordinal: value.getEnum() };
    case Which.LIST:
      return readPointer(value.getList());
    case Which.STRUCT:
      return readPointer(value.getStruct());
    case Which.ANY_POINTER:
      return readPointer(value.getAnyPointer());
    case Which.INTERFACE:
      return { is: "null" };
  }
}

/** A copy of what the pointer leads to, in one segment of its own. */
function readPointer(pointer: Pointer): Value {
  const message = new Message();
  message.setRoot(pointer);
  const segment = new Uint8Array(message.toArrayBuffer()).subarray(FRAME_HEADER_BYTES);
  const isNull = segment.subarray(0, WORD_BYTES).every((byte) => byte === 0);
  return isNull ? { is: "null" } : { is: "pointer", segment };
}
