import { capabilityCodec } from "./capability-field.ts";
import { Codec, PointerCodec } from "./codec.ts";
import { copyListTo } from "./copy.ts";
import { detach, erase } from "./erase.ts";
import { type Cap, type Client, type InterfaceType, type Servable } from "./interface-type.ts";
import { EMPTY_LIST } from "./list-view.ts";
import {
  isListInPlace,
  type List,
  type ListBuilder,
  ListEditor,
  type ListInit,
  ListReader,
} from "./list.ts";
import { readList } from "./pointer.ts";
import { MAX_NESTING } from "./limits.ts";
import { type PointerType } from "./pointer-type.ts";
import { type Segment } from "./segment.ts";
import { ValueError } from "./value-error.ts";

/** `List(T)` as a type. */
export interface ListType<Reader, Init, Builder>
  extends
    PointerCodec<List<Reader>, ListInit<Init>, ListBuilder<Builder, Init>>,
    PointerType<List<Reader>, ListInit<Init>, object> {
  /** A new list whose elements are all zero, over whatever was there. */
  init(segment: Segment, at: number, length: number): ListBuilder<Builder, Init>;
}

/** A type, or a function of it where it is not defined yet. */
export type Lazy<T> = T | (() => T);

class ListCodec<Reader, Init, Builder> extends PointerCodec<
  List<Reader>,
  ListInit<Init>,
  ListBuilder<Builder, Init>
> {
  readonly #lazy: () => Codec<Reader, Init, Builder>;
  #known: Codec<Reader, Init, Builder> | undefined;

  constructor(elements: () => Codec<Reader, Init, Builder>) {
    super();
    this.#lazy = elements;
  }

  get #elements(): Codec<Reader, Init, Builder> {
    return (this.#known ??= this.#lazy());
  }

  override read(segment: Segment, at: number, depth: number): List<Reader> | undefined {
    const elements = this.#elements;
    const view = readList(segment, at, depth, elements.size);
    return view && new ListReader(view, elements);
  }

  override absent(): List<Reader> {
    return new ListReader(EMPTY_LIST, this.#elements);
  }

  override build(segment: Segment, at: number): ListBuilder<Builder, Init> {
    const elements = this.#elements;
    let view = readList(segment, at, MAX_NESTING, elements.size) ?? EMPTY_LIST;
    if (view.length > 0 && !elements.fits(view)) {
      const old = detach(segment, at);
      const larger = elements.initElements(segment, at, view.length, view);
      elements.upgradeElements(view, larger);
      erase(old);
      view = larger;
    }
    return new ListEditor(view, elements);
  }

  override write(segment: Segment, at: number, value: ListInit<Init>): void {
    const elements = this.#elements;
    if (isListInPlace(value)) {
      copyListTo(value.$, segment, at, "translated");
      return;
    }
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- JavaScript passes null
    if (typeof value !== "object" || value === null || typeof value.length !== "number") {
      throw new ValueError("an array", value);
    }
    const view = elements.initElements(segment, at, value.length);
    let index = 0;
    for (const element of value) elements.writeElement(view, index++, element);
  }

  init(segment: Segment, at: number, length: number): ListBuilder<Builder, Init> {
    erase(detach(segment, at));
    return new ListEditor(this.#elements.initElements(segment, at, length), this.#elements);
  }
}

/** `List(T)`; called by generated code, which passes a function where T may not be defined yet. */
export function List<C extends Client, S extends Servable>(
  element: Lazy<InterfaceType<C, S>>,
): ListType<C, Cap<C, S>, C>;
export function List<Reader, Init, Builder>(
  element: Lazy<Codec<Reader, Init, Builder>>,
): ListType<Reader, Init, Builder>;
export function List(element: Lazy<Codec | InterfaceType>): ListType<unknown, unknown, unknown> {
  return new ListCodec(() => codecOf(typeof element === "function" ? element() : element));
}

/** The codec of a type: itself, but for an interface. */
function codecOf(type: Codec | InterfaceType): Codec {
  return type instanceof Codec ? type : capabilityCodec(type);
}
