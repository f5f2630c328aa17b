import { AnyPointer, type AnyPointerInit, encode } from "../capnp/index.ts";
import { newerThanThis } from "./codegen-error.ts";
import { Value as WireValue } from "./schema.capnp.ts";
import { type Value } from "./schema.ts";

/** In an encoded schema.capnp Value: behind the frame, the pointer to it and its tag. */
const FLOAT32_OFFSET_BYTES = 8 + 8 + 4;
const FLOAT64_OFFSET_BYTES = 8 + 8 + 8;

/** @throws CodegenError REQUEST_INVALID */
export function readValue(value: WireValue.Reader): Value {
  switch (value.which) {
    case "void":
      return { is: "void" };
    case "bool":
      return { is: "bool", value: value.bool };
    case "int8":
      return integer(value.int8);
    case "int16":
      return integer(value.int16);
    case "int32":
      return integer(value.int32);
    case "int64":
      return integer(value.int64);
    case "uint8":
      return integer(value.uint8);
    case "uint16":
      return integer(value.uint16);
    case "uint32":
      return integer(value.uint32);
    case "uint64":
      return integer(value.uint64);
    case "float32": {
      const bits = BigInt(bytesOf(value).getUint32(FLOAT32_OFFSET_BYTES, true));
      return { is: "float", value: value.float32, bits };
    }
    case "float64": {
      const bits = bytesOf(value).getBigUint64(FLOAT64_OFFSET_BYTES, true);
      return { is: "float", value: value.float64, bits };
    }
    case "text":
      return { is: "text", value: value.text };
    case "data":
      return { is: "data", bytes: value.data.slice() };
    case "enum":
      return { is: "enum", ordinal: value.enum };
    case "list":
      return pointer(value.list);
    case "struct":
      return pointer(value.struct);
    case "anyPointer":
      return pointer(value.anyPointer);
    case "interface":
      return { is: "null" };
    case undefined:
      throw newerThanThis("a value");
  }
}

const integer = (value: number | bigint): Value => ({ is: "integer", value: BigInt(value) });

/** A NaN has many patterns, which a number does not tell apart: they are read as integers. */
function bytesOf(value: WireValue.Reader): DataView {
  const { buffer, byteOffset } = encode(WireValue, value);
  return new DataView(buffer, byteOffset);
}

function pointer(value: AnyPointerInit & { readonly kind: string }): Value {
  if (value.kind === "null") return { is: "null" };
  return { is: "pointer", message: encode(AnyPointer, value) };
}
