import { initStruct, initStructList } from "./build-pointer.ts";
import { PointerCodec } from "./codec.ts";
import { copyFields, copyStructTo } from "./copy.ts";
import { detach, erase, eraseFields } from "./erase.ts";
import { MAX_NESTING, WORD_BYTES } from "./limits.ts";
import { ElementSize, EMPTY_LIST, type ListView } from "./list-view.ts";
import { readStruct } from "./pointer.ts";
import { type PointerType } from "./pointer-type.ts";
import { type Segment } from "./segment.ts";
import { nameFields, Struct } from "./struct-face.ts";
import { DEFAULT_STRUCT, StructView } from "./struct-view.ts";
import { requireObject } from "./value-error.ts";

/** A struct of a schema. */
export interface StructType<Reader = unknown, Builder = unknown, Init = unknown, Pipeline = unknown>
  extends PointerType<Reader, Init, Pipeline>, PointerCodec<Reader, Init, Builder> {
  /** Such as `library.capnp:Book`. */
  readonly name: string;
  /** The schema's 64-bit type id. */
  readonly id: bigint;
  readonly dataWords: number;
  readonly pointerCount: number;
  readonly Reader: FaceOf<Reader>;
  readonly Builder: FaceOf<Builder>;
  /** What a call's results of this type offer before they have arrived. */
  readonly Pipeline: (abstract new (...source: never[]) => Pipeline) | undefined;
  /** The names of the fields, groups included. */
  readonly fields: readonly string[];
}

/** A generated class: the fields of a struct, wherever it lies. */
export type FaceOf<T> = new ($: StructView) => T;

/** What generated code says about a struct. */
export interface StructDefinition<Reader, Builder, Init, Pipeline> {
  readonly name: string;
  readonly id: bigint;
  readonly dataWords: number;
  readonly pointerCount: number;
  readonly Reader: FaceOf<Reader>;
  readonly Builder: FaceOf<Builder>;
  readonly Pipeline?: (abstract new (...source: never[]) => Pipeline) | undefined;
  readonly fields: readonly string[];
  /** Fills a new struct from its plain-object form. */
  readonly set: (builder: Builder, init: Init) => void;
}

/** Defines a struct; called by generated code. */
export function struct<Reader extends object, Builder extends object, Init, Pipeline>(
  definition: StructDefinition<Reader, Builder, Init, Pipeline>,
): StructType<Reader, Builder, Init, Pipeline> {
  nameFields(definition, definition.fields);
  return new StructCodec(definition);
}

class StructCodec<Reader, Builder, Init, Pipeline>
  extends PointerCodec<Reader, Init, Builder>
  implements StructType<Reader, Builder, Init, Pipeline>
{
  readonly name: string;
  readonly id: bigint;
  readonly dataWords: number;
  readonly pointerCount: number;
  readonly Reader: FaceOf<Reader>;
  readonly Builder: FaceOf<Builder>;
  readonly Pipeline: (abstract new (...source: never[]) => Pipeline) | undefined;
  readonly fields: readonly string[];
  override readonly size = ElementSize.composite;
  readonly #set: (builder: Builder, init: Init) => void;

  constructor(definition: StructDefinition<Reader, Builder, Init, Pipeline>) {
    super();
    this.name = definition.name;
    this.id = definition.id;
    this.dataWords = definition.dataWords;
    this.pointerCount = definition.pointerCount;
    this.Reader = definition.Reader;
    this.Builder = definition.Builder;
    this.Pipeline = definition.Pipeline;
    this.fields = definition.fields;
    this.#set = definition.set;
  }

  override read(segment: Segment, at: number, depth: number): Reader | undefined {
    const found = readStruct(segment, at, depth);
    return found === undefined ? undefined : new this.Reader(found);
  }

  override absent(message?: Segment): Reader {
    if (message === undefined) return new this.Reader(DEFAULT_STRUCT);
    const { start } = message;
    return new this.Reader(new StructView(message, start, start, start, MAX_NESTING));
  }

  override build(segment: Segment, at: number): Builder {
    let view = readStruct(segment, at, MAX_NESTING);
    if (view === undefined) {
      view = initStruct(segment, at, this.dataWords, this.pointerCount);
    } else if (!this.#holds(view.pointers - view.data, view.end - view.pointers)) {
      // A copy of one from an older schema: it moves to where there is room for every field.
      const old = detach(segment, at);
      view = copyStructTo(view, segment, at, this.dataWords, this.pointerCount, "translated");
      erase(old);
    }
    return new this.Builder(view);
  }

  override write(segment: Segment, at: number, value: Init): void {
    if (value instanceof Struct) {
      copyStructTo(value.$, segment, at, this.dataWords, this.pointerCount, "translated");
      return;
    }
    requireObject(value);
    const view = initStruct(segment, at, this.dataWords, this.pointerCount);
    this.#set(new this.Builder(view), value);
  }

  override readElement(list: ListView, index: number): Reader {
    return new this.Reader(list.struct(index));
  }

  override buildElement(list: ListView, index: number): Builder {
    return new this.Builder(list.struct(index));
  }

  override writeElement(list: ListView, index: number, value: Init): void {
    const view = list.struct(index);
    if (value instanceof Struct) {
      overwrite(view, value.$);
      return;
    }
    requireObject(value);
    this.#set(new this.Builder(view), value);
  }

  override initElements(
    segment: Segment,
    at: number,
    length: number,
    like: ListView = EMPTY_LIST,
  ): ListView {
    const dataWords = Math.max(this.dataWords, Math.ceil(like.dataBytes / WORD_BYTES));
    const pointerCount = Math.max(this.pointerCount, (like.step - like.dataBytes) / WORD_BYTES);
    return initStructList(segment, at, length, dataWords, pointerCount);
  }

  override fits(list: ListView): boolean {
    return (
      list.size === ElementSize.composite && this.#holds(list.dataBytes, list.step - list.dataBytes)
    );
  }

  override upgradeElements(from: ListView, to: ListView): void {
    for (let i = 0; i < from.length; i++) copyFields(from.struct(i), to.struct(i), "translated");
  }

  #holds(dataBytes: number, pointerBytes: number): boolean {
    return (
      dataBytes >= this.dataWords * WORD_BYTES && pointerBytes >= this.pointerCount * WORD_BYTES
    );
  }
}

/** Writes one struct over another, which is erased; they may be the same. */
function overwrite(target: StructView, source: StructView): void {
  if (target.segment === source.segment && target.data === source.data) return;
  eraseFields(target);
  copyFields(source, target, "translated");
}

/** The struct in pointer field `index`. */
export function structAt<Reader>(
  at: StructView,
  index: number,
  type: StructType<Reader>,
  fallback?: Reader,
): Reader {
  const pointer = at.pointers + index * 8;
  if (pointer < at.end) {
    const found = readStruct(at.segment, pointer, at.depth);
    if (found !== undefined) return new type.Reader(found);
  }
  return fallback ?? type.absent();
}
