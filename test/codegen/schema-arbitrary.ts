import fc from "fast-check";
import { any, Text } from "handfast/capnp";
import { type NamedField, type StructDeclaration } from "../../src/codegen/declaration.ts";
import { Declarations } from "../../src/codegen/declarations.ts";
import { readRequest } from "../../src/codegen/read-request.ts";
import { type SchemaType } from "../../src/codegen/schema.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Structs within structs; deeper ones are left null, since schemas are recursive. */
const MAX_DEPTH = 3;

const integer = (min: number, max: number) => fc.integer({ min, max });

/** Random initialisers of the structs of a request: every field but capabilities, one of a union. */
export class SchemaArbitrary {
  readonly #declarations: Declarations;
  readonly #known = new Map<string, fc.Arbitrary<Fields>>();

  constructor(request: Uint8Array) {
    this.#declarations = new Declarations(readRequest(request));
  }

  struct(id: bigint, depth = 0): fc.Arbitrary<Fields> {
    const key = `${id} ${depth}`;
    const known = this.#known.get(key);
    if (known) return known;
    const made = this.#fields(this.#declarations.struct(id), depth);
    this.#known.set(key, made);
    return made;
  }

  #fields({ fields }: StructDeclaration, depth: number): fc.Arbitrary<Fields> {
    const [common, union] = [false, true].map((inUnion) =>
      fields
        .filter(({ field }) => (field.tag !== undefined) === inUnion)
        .flatMap((field) => {
          const value = this.#field(field, depth);
          return value ? [{ name: field.name, value }] : [];
        }),
    );
    const all = fc.record(Object.fromEntries((common ?? []).map((it) => [it.name, it.value])));
    const members = (union ?? []).map(({ name, value }) => fc.record({ [name]: value }));
    if (members.length === 0) return all;
    return fc.tuple(all, fc.oneof(...members)).map(([those, one]) => ({ ...those, ...one }));
  }

  #field({ field, group }: NamedField, depth: number): fc.Arbitrary<unknown> | undefined {
    if (group) return this.#fields(group, depth);
    return field.is === "slot" ? this.#value(field.type, depth) : undefined;
  }

  /** `undefined` for what is left null. */
  #value(type: SchemaType, depth: number): fc.Arbitrary<unknown> | undefined {
    switch (type.is) {
      case "void":
        return fc.constant(null);
      case "bool":
        return fc.boolean();
      case "int8":
        return integer(-128, 127);
      case "int16":
        return integer(-32_768, 32_767);
      case "int32":
        return integer(-(2 ** 31), 2 ** 31 - 1);
      case "uint8":
        return integer(0, 255);
      case "uint16":
        return integer(0, 65_535);
      case "uint32":
        return integer(0, 2 ** 32 - 1);
      case "int64":
        return fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
      case "uint64":
        return fc.bigInt(0n, 2n ** 64n - 1n);
      case "float32":
        return fc.float();
      case "float64":
        return fc.double();
      case "text":
        return fc.string({ unit: "grapheme", maxLength: 8 });
      case "data":
        return fc.uint8Array({ maxLength: 8 });
      case "enum": {
        const target = this.#declarations.get(type.id);
        return target.is === "enum" ? fc.constantFrom(...target.enumerants) : undefined;
      }
      case "list": {
        const element = this.#value(type.element, depth);
        return element && fc.array(element, { maxLength: 2 });
      }
      case "struct":
        return depth < MAX_DEPTH ? this.struct(type.id, depth + 1) : undefined;
      case "anyPointer":
      case "parameter":
        return fc.string().map((it) => any(Text, it));
      case "interface":
        return undefined;
    }
  }
}
