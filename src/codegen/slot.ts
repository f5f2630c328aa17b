import { type SlotField, type SchemaType, type Value } from "./schema.ts";

/**
 * How one field is read and written: expressions over `this.$`, the place of its struct, with the
 * offset and the default as literals.
 */
export interface Slot {
  readonly read: string;
  /** Reads it in a message under construction, where a null pointer gets something to edit. */
  readonly edit: string;
  /** A statement that writes `value`. */
  readonly write: string;
  /** A statement that makes it what it is in a new struct, whose place is `at`. */
  readonly clear: string;
}

/** What the expressions need to know of the field's type and default. */
export interface SlotParts {
  readonly field: SlotField;
  /** The type as a value; it is not asked for where the type lies in the data section. */
  readonly type: string;
  /** The default of a field behind a pointer, as a value; `undefined` when there is none. */
  readonly fallback: string | undefined;
}

/** Bits of a slot, and the runtime's word for it: `u8(at, offset)`, `setU8(at, offset, value)`. */
const SCALARS: Readonly<Partial<Record<SchemaType["is"], readonly [bits: number, word: string]>>> =
  {
    bool: [1, "bool"],
    int8: [8, "i8"],
    int16: [16, "i16"],
    int32: [32, "i32"],
    int64: [64, "i64"],
    uint8: [8, "u8"],
    uint16: [16, "u16"],
    uint32: [32, "u32"],
    uint64: [64, "u64"],
    float32: [32, "f32"],
    float64: [64, "f64"],
  };

const ENUM_BYTES = 2;
const BITS_PER_BYTE = 8;

export function slotOf({ field, type, fallback }: SlotParts): Slot {
  const { offset } = field;
  switch (isCapability(field.type) ? "interface" : field.type.is) {
    case "void":
      return { read: "null", edit: "null", write: "/* a Void takes no room */", clear: "" };
    case "enum": {
      const byte = offset * ENUM_BYTES;
      const xor = patternOf(field.defaultValue);
      const read = callOf("enumOf", byte, type, xor);
      const write = `${callOf("setEnum", byte, type, "value", xor)};`;
      return { read, edit: read, write, clear: clearing("setU16", byte, "0") };
    }
    case "text":
    case "data": {
      const read = callOf(field.type.is, offset, fallback);
      const write = `${callOf(`set${capital(field.type.is)}`, offset, "value")};`;
      return { read, edit: read, write, clear: clearing("clear", offset) };
    }
    case "interface": {
      const read = callOf("cap", offset, type);
      const write = `${callOf("setCap", offset, type, "value")};`;
      return { read, edit: read, write, clear: clearing("clear", offset) };
    }
    case "struct":
    case "list":
    case "anyPointer":
    case "parameter":
      return {
        read: callOf(field.type.is === "struct" ? "structAt" : "get", offset, type, fallback),
        edit: callOf(field.type.is === "parameter" ? "editAt" : "edit", offset, type, fallback),
        write: `${callOf("set", offset, type, "value")};`,
        clear: clearing("clear", offset),
      };
    default:
      return scalar(field);
  }
}

const isCapability = (type: SchemaType): boolean =>
  type.is === "anyPointer" && type.kind === "capability";

function scalar({ type, offset, defaultValue }: SlotField): Slot {
  const [bits, word] = SCALARS[type.is] ?? [0, type.is];
  const at = bits < BITS_PER_BYTE ? offset : (offset * bits) / BITS_PER_BYTE;
  const suffix = bits === 64 ? "n" : "";
  const xor = patternOf(defaultValue, suffix);
  const read = callOf(word, at, xor);
  const setter = `set${capital(word)}`;
  // Written as if there were no default, zero is what a new struct holds.
  const zero = type.is === "bool" ? "false" : type.is === "float64" ? "0" : `0${suffix}`;
  return {
    read,
    edit: read,
    write: `${callOf(setter, at, "value", xor)};`,
    clear: clearing(setter, at, zero),
  };
}

/** What is XORed with the stored bits, as a literal; `undefined` for a default of zero. */
function patternOf(value: Value, suffix = ""): string | undefined {
  switch (value.is) {
    case "bool":
      return value.value ? "true" : undefined;
    case "integer":
      return value.value === 0n ? undefined : `${String(value.value)}${suffix}`;
    case "float":
      return value.bits === 0n ? undefined : `${String(value.bits)}${suffix}`;
    case "enum":
      return value.ordinal === 0 ? undefined : String(value.ordinal);
    default:
      return undefined;
  }
}

/** A call of the runtime's on this struct; what is `undefined` at the end is left out. */
function callOf(name: string, offset: number, ...others: readonly (string | undefined)[]): string {
  const given = others.filter((it) => it !== undefined);
  return `$.${name}(${["this.$", String(offset), ...given].join(", ")})`;
}

const clearing = (name: string, offset: number, ...zero: readonly string[]): string =>
  `$.${name}(${["at", String(offset), ...zero].join(", ")});`;

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
