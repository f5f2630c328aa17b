import { inspect } from "node:util";
import { isOpen, jsonOf, plainOf, projecting, type StructReader } from "./plain.ts";
import { DEFAULT_STRUCT, type StructView } from "./struct-view.ts";
import { requireObject } from "./value-error.ts";

/**
 * What generated readers and builders extend: the fields of a struct as properties. Cap'n Proto
 * names never contain `$`, so what is ours begins with it.
 */
export abstract class Struct implements StructReader {
  /** Where it lies; for generated code only. (`declare`: a field of its own costs 80 ns a struct.) */
  declare readonly $: StructView;
  /** Set once for each class, by `nameFields`. */
  declare protected readonly $fields: readonly string[] | undefined;
  /** Set once for each class as well: what reads it. */
  declare protected readonly $Reader: (new ($: StructView) => object) | undefined;

  protected constructor($: StructView) {
    this.$ = $;
  }

  /**
   * See `StructReader`, whose type the public faces have. `never` is what the compiler accepts for
   * that without following a recursive schema to the end of its patience.
   */
  toObject(): never {
    return mapFields(this.$reading(), this.$fields, plainOf) as never;
  }

  toJSON(): object {
    return mapFields(this.$reading(), this.$fields, jsonOf);
  }

  /** Of the results of a call: gives the capabilities in them back. */
  [Symbol.dispose](): void {
    this.$.segment.arena.caps?.dispose();
  }

  /** The fields as a plain object, and nothing deeper. */
  [inspect.custom](): object {
    return mapFields(this.$reading(), this.$fields, (value) => value);
  }

  /** Whether `other` is this very group or struct, in whatever face. */
  $isAt(other: unknown): boolean {
    if (!(other instanceof Struct) || other.$fields !== this.$fields) return false;
    const [here, there] = [this.$, other.$];
    return here.segment === there.segment && here.data === there.data;
  }

  /** A builder puts something where a pointer is null; to look at one must not change it. */
  protected $reading(): object {
    const { $Reader } = this;
    return $Reader === undefined || this instanceof $Reader ? this : new $Reader(this.$);
  }
}

/**
 * What a group is filled from: of another group a plain object of what it holds, so that what is
 * null there stays null. Called by generated code.
 */
export function given<Init>(value: Init): Init {
  if (value instanceof Struct) return value[inspect.custom]() as Init; // a Reader is an Init
  requireObject(value);
  return value;
}

/** Fills a group anew; called by generated code. */
export function setGroup<Builder extends Struct, Init>(
  group: Builder,
  value: Init,
  clear: (at: StructView) => void,
  fill: (group: Builder, value: Init) => void,
): void {
  if (group.$isAt(value)) return;
  const fields = given(value);
  clear(group.$);
  fill(group, fields);
}

/** Tells the faces of a struct or of a group the names of their fields; called by generated code. */
export function nameFields(
  { Reader, Builder }: { readonly Reader: ReaderClass; readonly Builder: ClassLike },
  fields: readonly string[],
): void {
  for (const { prototype } of [Reader, Builder]) {
    Object.defineProperty(prototype, "$fields", { value: fields });
    Object.defineProperty(prototype, "$Reader", { value: Reader });
  }
}

interface ReaderClass extends ClassLike {
  new ($: StructView): object;
}

interface ClassLike {
  readonly prototype: unknown;
}

function mapFields(
  from: object,
  fields: readonly string[] = [],
  project: (value: unknown) => unknown,
): object {
  return projecting(from, () => {
    const entries: [string, unknown][] = [];
    for (const name of fields) {
      const value: unknown = Reflect.get(from, name);
      if (!isAbsent(value)) entries.push([name, project(value)]);
    }
    return Object.fromEntries(entries);
  });
}

/** A member of a union that is not set, or a null pointer: a type may hold itself for ever. */
function isAbsent(value: unknown): boolean {
  if (value === undefined || isOpen(value)) return true;
  return value instanceof Struct && value.$ === DEFAULT_STRUCT;
}
