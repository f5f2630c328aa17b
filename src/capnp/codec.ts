import { initList } from "./build-pointer.ts";
import { detach, erase } from "./erase.ts";
import { ElementSize, type ListView } from "./list-view.ts";
import { type Segment } from "./segment.ts";

/**
 * How values of one type stand in a list: read as `Reader`, written from an `Init`, and edited in
 * place through a `Builder`.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- subclasses relate them
export abstract class Codec<Reader = unknown, Init = unknown, Builder = unknown> {
  abstract readonly size: ElementSize;

  abstract readElement(list: ListView, index: number): Reader;
  abstract buildElement(list: ListView, index: number): Builder;
  abstract writeElement(list: ListView, index: number, value: Init): void;

  /** A new list for a pointer that is null, its elements at least as large as those of `like`. */
  initElements(segment: Segment, at: number, length: number, _like?: ListView): ListView {
    return initList(segment, at, this.size, length);
  }

  /** Whether a list under construction has elements that any value can be written to. */
  fits(list: ListView): boolean {
    return list.size === this.size;
  }

  /** Copies all elements into a longer-stepped list (schema evolution of a list being edited). */
  upgradeElements(from: ListView, to: ListView): void {
    for (let index = 0; index < from.length; index++) {
      this.writeElement(to, index, this.readElement(from, index) as unknown as Init); // a Reader is an Init
    }
  }
}

/** A type whose values stand behind a pointer: in a field, at the root, in a list of pointers. */
export abstract class PointerCodec<
  Reader = unknown,
  Init = unknown,
  Builder = unknown,
> extends Codec<Reader, Init, Builder> {
  override readonly size: ElementSize = ElementSize.pointer;

  /** `undefined` for a null pointer. */
  abstract read(segment: Segment, at: number, depth: number): Reader | undefined;
  /** What a null pointer stands for: a value that still belongs to the message, if one is given. */
  abstract absent(message?: Segment): Reader;
  /** The value in place; a null pointer gets one first. */
  abstract build(segment: Segment, at: number): Builder;
  /** Writes behind a pointer that is null. */
  abstract write(segment: Segment, at: number, value: Init): void;

  /** Writes over whatever is there. */
  replace(segment: Segment, at: number, value: Init): void {
    const old = detach(segment, at);
    this.write(segment, at, value);
    erase(old);
  }

  override readElement(list: ListView, index: number): Reader {
    return this.read(list.segment, list.pointer(index), list.depth) ?? this.absent();
  }

  override buildElement(list: ListView, index: number): Builder {
    return this.build(list.segment, list.pointer(index));
  }

  override writeElement(list: ListView, index: number, value: Init): void {
    this.replace(list.segment, list.pointer(index), value);
  }
}
