/** Turning what a message holds into plain values that outlive it. */

/** Structs and lists: what can say itself plainly. */
export interface Readable {
  /** A plain object or array, deeply: what the same type accepts as an initialiser. */
  toObject(): unknown;
  /** What `JSON.stringify` writes: 64-bit integers as strings, Data in base64. */
  toJSON(): unknown;
}

/** What generated readers of structs extend. */
export interface StructReader extends Readable {
  /** The fields as a plain object, deeply, without null structs and unset members of unions. */
  toObject(): Plain<this>;
  toJSON(): object;
}

/** What `toObject` makes of a value. */
export type Plain<T> =
  T extends ListLike<infer Element> ? Plain<Element>[] : T extends Readable ? PlainStruct<T> : T;

/** A struct may be null, and then it is not there. */
type PlainStruct<T> = {
  [Name in FieldOf<T> as IsStruct<T[Name]> extends true ? never : Name]: Plain<T[Name]>;
} & { [Name in FieldOf<T> as IsStruct<T[Name]> extends true ? Name : never]?: Plain<T[Name]> };

// To ask for a `StructReader` here would be to compare what `toObject` returns, without end.
type IsStruct<T> = T extends ListLike<unknown> ? false : T extends Readable ? true : false;

interface ListLike<Element> extends Readable {
  toArray(): Element[];
}

type FieldOf<T> = Exclude<keyof T, keyof StructReader | "which" | "$" | symbol>;

/** What is being turned into plain values: a default may hold its own type, and so itself for ever. */
const open = new Set<unknown>();

/** Projects what `value` holds, which `isOpen` tells for as long as that takes. */
export function projecting<T>(value: object, project: () => T): T {
  open.add(value);
  try {
    return project();
  } finally {
    open.delete(value);
  }
}

/** Whether it is a default met within itself: read twice, only defaults are the same object. */
export const isOpen = (value: unknown): boolean => open.has(value);

/** The plain form of a field's value. Data is copied; capabilities are kept. */
export function plainOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.slice();
  return isReadable(value) ? value.toObject() : value;
}

/** The JSON form of a field's value, as C++ `JsonCodec` has it but for Data, which is base64. */
export function jsonOf(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (isReadable(value)) return value.toJSON();
  return typeof value === "object" ? null : value; // null, or a capability
}

function isReadable(value: unknown): value is Readable {
  return typeof value === "object" && value !== null && "toObject" in value && "toJSON" in value;
}
