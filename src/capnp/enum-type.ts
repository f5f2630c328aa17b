import { Codec } from "./codec.ts";
import { ElementSize, type ListView } from "./list-view.ts";
import { u16 } from "./scalar-read.ts";
import { setU16 } from "./scalar-write.ts";
import { type StructView } from "./struct-view.ts";
import { ValueError } from "./value-error.ts";

/** An enumerant by name, or the number of one that only a newer schema knows. */
export type Enumerant<Name extends string> = Name | number;

/** An enum of a schema. */
export class EnumType<Name extends string = string> extends Codec<
  Enumerant<Name>,
  Enumerant<Name>,
  Enumerant<Name>
> {
  override readonly size = ElementSize.twoBytes;
  readonly id: bigint;
  /** Such as `library.capnp:Genre`. */
  readonly name: string;
  /** The names in the order of their numbers. */
  readonly enumerants: readonly Name[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(definition: EnumDefinition<Name>) {
    super();
    this.id = definition.id;
    this.name = definition.name;
    this.enumerants = definition.enumerants;
    this.#numbers = new Map(definition.enumerants.map((name, number) => [name, number]));
  }

  /** The number of an enumerant; throws `VALUE_OUT_OF_RANGE` for a name that is none of them. */
  numberOf(value: Enumerant<Name>): number {
    if (typeof value === "number") return value;
    const number = this.#numbers.get(value);
    if (number !== undefined) return number;
    throw new ValueError(`an enumerant of ${this.name}`, value);
  }

  override readElement(list: ListView, index: number): Enumerant<Name> {
    const number = list.segment.view.getUint16(list.data(index), true);
    return this.enumerants[number] ?? number;
  }

  override buildElement(list: ListView, index: number): Enumerant<Name> {
    return this.readElement(list, index);
  }

  override writeElement(list: ListView, index: number, value: Enumerant<Name>): void {
    setU16(list.struct(index), 0, this.numberOf(value));
  }
}

/** What generated code says of one enum; `enumerants` by ordinal. */
export interface EnumDefinition<Name extends string> {
  readonly name: string;
  readonly id: bigint;
  readonly enumerants: readonly Name[];
}

/** Defines an enum; called by generated code. */
export function enumType<const Name extends string>(
  definition: EnumDefinition<Name>,
): EnumType<Name> {
  return new EnumType(definition);
}

/** The enum field at byte `offset`. */
export function enumOf<Name extends string>(
  at: StructView,
  offset: number,
  type: EnumType<Name>,
  xor = 0,
): Enumerant<Name> {
  const number = u16(at, offset, xor);
  return type.enumerants[number] ?? number;
}

/** Sets the enum field at byte `offset`. */
export function setEnum<Name extends string>(
  at: StructView,
  offset: number,
  type: EnumType<Name>,
  value: Enumerant<Name>,
  xor = 0,
): void {
  setU16(at, offset, type.numberOf(value), xor);
}
