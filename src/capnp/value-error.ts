import { CapnpError } from "./capnp-error.ts";

/** A value that a field of this type cannot hold: of another type, or too large. */
export class ValueError extends CapnpError {
  readonly #wanted: string;
  readonly #value: unknown;

  /** `wanted` as in "must be a string"; `where` is the value's place in what was given. */
  constructor(wanted: string, value: unknown, where = "a value") {
    super("VALUE_OUT_OF_RANGE", `${where} must be ${wanted}, got ${described(value)}`, "caller");
    this.#wanted = wanted;
    this.#value = value;
  }

  /** To those who catch it, it is a CapnpError like any other. */
  override get name(): string {
    return CapnpError.name;
  }

  /** The same mistake, once it is known where. */
  at(where: string): ValueError {
    return new ValueError(this.#wanted, this.#value, where);
  }
}

/** What a struct or group is filled from is an object with names for its fields. */
export function requireObject(value: unknown): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ValueError("an object", value);
  }
}

/** A number as it is; of all else no more than what it is, since it may be secret or long. */
function described(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return `${typeof value} ${value}`;
  if (value === null || Array.isArray(value)) return value === null ? "null" : "an array";
  if (typeof value !== "object") return typeof value;
  return value.constructor === Object ? "an object" : `a ${value.constructor.name}`;
}
