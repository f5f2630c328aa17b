import { MAX_NESTING } from "./limits.ts";
import { type Segment } from "./segment.ts";
import { NOWHERE, StructView } from "./struct-view.ts";

/** How the elements of a list lie (encoding spec, "Lists"; the numbers are those of the wire). */
export const ElementSize = {
  void: 0,
  bit: 1,
  byte: 2,
  twoBytes: 3,
  fourBytes: 4,
  eightBytes: 5,
  pointer: 6,
  composite: 7,
} as const;
export type ElementSize = (typeof ElementSize)[keyof typeof ElementSize];

/** Bytes of an element's data section, by `ElementSize`; a bit and a composite have none here. */
export const DATA_BYTES: readonly number[] = [0, 0, 1, 2, 4, 8, 0, 0];

/** Where one list lies. Each element has a data section and a pointer section, like a struct. */
export class ListView {
  declare readonly segment: Segment;
  declare readonly size: ElementSize;
  /** The first byte of the first element. */
  declare readonly start: number;
  declare readonly length: number;
  /** Bytes from one element to the next; 0 in a list of bits. */
  declare readonly step: number;
  /** Bytes of an element's data section; pointers fill the rest of the step. */
  declare readonly dataBytes: number;
  /** How many more pointers may be followed from here. */
  declare readonly depth: number;

  constructor(
    segment: Segment,
    size: ElementSize,
    start: number,
    length: number,
    step: number,
    dataBytes: number,
    depth: number,
  ) {
    this.segment = segment;
    this.size = size;
    this.start = start;
    this.length = length;
    this.step = step;
    this.dataBytes = dataBytes;
    this.depth = depth;
  }

  /** The element's first byte, which is its data section's. */
  data(index: number): number {
    return this.start + index * this.step;
  }

  /** The element's first pointer. */
  pointer(index: number): number {
    return this.start + index * this.step + this.dataBytes;
  }

  /** The element as a struct: any list but one of bits can be read as one (schema evolution). */
  struct(index: number): StructView {
    const data = this.start + index * this.step;
    return new StructView(this.segment, data, data + this.dataBytes, data + this.step, this.depth);
  }
}

/** The list that a null pointer stands for. */
export const EMPTY_LIST = new ListView(NOWHERE, ElementSize.void, 0, 0, 0, 0, MAX_NESTING);
