import { inspect } from "node:util";
import { CapnpError } from "./capnp-error.ts";
import { type Codec } from "./codec.ts";
import { type ListView } from "./list-view.ts";
import { jsonOf, plainOf, projecting, type Readable } from "./plain.ts";

/**
 * A list in a message, read in place: elements are decoded when they are asked for, each time. What
 * it lacks of an array, `toArray()` has.
 */
export interface List<T> extends Iterable<T>, Readable {
  readonly length: number;
  /** The element at `index`, counted from the end when negative, as in an array. */
  at(index: number): T | undefined;
  map<U>(project: (element: T, index: number) => U): U[];
  filter(accept: (element: T, index: number) => boolean): T[];
  find(accept: (element: T, index: number) => boolean): T | undefined;
  some(accept: (element: T, index: number) => boolean): boolean;
  every(accept: (element: T, index: number) => boolean): boolean;
  forEach(visit: (element: T, index: number) => void): void;
  toArray(): T[];
  /** The elements as plain values, deeply. */
  toObject(): unknown[];
  toJSON(): unknown[];
}

/** A list in a message under construction; its length is fixed. */
export interface ListBuilder<T, Init = T> extends List<T> {
  /** Throws `VALUE_OUT_OF_RANGE` when there is no such element. */
  set(index: number, value: Init): void;
}

/** What a list is filled from. */
export type ListInit<Init> = readonly Init[] | List<Init>;

abstract class ListInPlace<T> implements List<T> {
  /** Where it lies; for this room only. */
  readonly $: ListView;

  constructor(view: ListView) {
    this.$ = view;
  }

  /** The element at an index that exists. */
  abstract element(index: number): T;

  get length(): number {
    return this.$.length;
  }

  at(index: number): T | undefined {
    const position = index < 0 ? this.length + index : index;
    return this.#has(position) ? this.element(position) : undefined;
  }

  [Symbol.iterator](): Iterator<T> {
    return new ListIterator(this.length, this);
  }

  map<U>(project: (element: T, index: number) => U): U[] {
    const results: U[] = [];
    for (let index = 0; index < this.length; index++) {
      results.push(project(this.element(index), index));
    }
    return results;
  }

  filter(accept: (element: T, index: number) => boolean): T[] {
    return this.toArray().filter(accept);
  }

  find(accept: (element: T, index: number) => boolean): T | undefined {
    for (let index = 0; index < this.length; index++) {
      const element = this.element(index);
      if (accept(element, index)) return element;
    }
    return undefined;
  }

  some(accept: (element: T, index: number) => boolean): boolean {
    for (let index = 0; index < this.length; index++) {
      if (accept(this.element(index), index)) return true;
    }
    return false;
  }

  every(accept: (element: T, index: number) => boolean): boolean {
    return !this.some((element, index) => !accept(element, index));
  }

  forEach(visit: (element: T, index: number) => void): void {
    for (let index = 0; index < this.length; index++) visit(this.element(index), index);
  }

  toArray(): T[] {
    return this.map((element) => element);
  }

  toObject(): unknown[] {
    return projecting(this, () => this.map(plainOf));
  }

  toJSON(): unknown[] {
    return projecting(this, () => this.map(jsonOf));
  }

  [inspect.custom](): unknown {
    return this.toArray();
  }

  #has(index: number): boolean {
    return index >= 0 && index < this.length && Number.isInteger(index);
  }

  protected require(index: number): void {
    if (this.#has(index)) return;
    const last = this.length - 1;
    throw new CapnpError("VALUE_OUT_OF_RANGE", `no element ${index} in 0…${last}`, "caller");
  }
}

/** Several times as quick as a generator. */
class ListIterator<T> implements Iterator<T, undefined> {
  readonly #length: number;
  readonly #list: ListInPlace<T>;
  #next = 0;

  constructor(length: number, list: ListInPlace<T>) {
    this.#length = length;
    this.#list = list;
  }

  next(): IteratorResult<T, undefined> {
    if (this.#next === this.#length) return { done: true, value: undefined };
    return { done: false, value: this.#list.element(this.#next++) };
  }
}

export class ListReader<Reader> extends ListInPlace<Reader> {
  readonly #codec: Codec<Reader>;

  constructor(view: ListView, codec: Codec<Reader>) {
    super(view);
    this.#codec = codec;
  }

  override element(index: number): Reader {
    return this.#codec.readElement(this.$, index);
  }
}

export class ListEditor<Builder, Init>
  extends ListInPlace<Builder>
  implements ListBuilder<Builder, Init>
{
  readonly #codec: Codec<unknown, Init, Builder>;

  constructor(view: ListView, codec: Codec<unknown, Init, Builder>) {
    super(view);
    this.#codec = codec;
  }

  set(index: number, value: Init): void {
    this.require(index);
    this.#codec.writeElement(this.$, index, value);
  }

  override element(index: number): Builder {
    return this.#codec.buildElement(this.$, index);
  }
}

/** Whether this is a list of a message, and so can be copied as it lies. */
export function isListInPlace(value: unknown): value is ListReader<unknown> {
  return value instanceof ListInPlace;
}
