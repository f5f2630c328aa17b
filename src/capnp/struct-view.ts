import { MAX_NESTING, WORD_BYTES } from "./limits.ts";
import { Arena, Segment } from "./segment.ts";

/**
 * Where one struct lies: its data section, then its pointer section, as offsets into its segment.
 * Generated readers hold one of these and nothing else, so that all the code that reads fields
 * meets objects of a single class. Its fields are only declared, as all are on the hot path: an
 * initialiser for each would cost more than the rest of the constructor.
 */
export class StructView {
  declare readonly segment: Segment;
  /** The first byte of the data section. */
  declare readonly data: number;
  /** The first byte of the pointer section, and so the end of the data section. */
  declare readonly pointers: number;
  /** The end of the pointer section. */
  declare readonly end: number;
  /** How many more pointers may be followed from here. */
  declare readonly depth: number;

  constructor(segment: Segment, data: number, pointers: number, end: number, depth: number) {
    this.segment = segment;
    this.data = data;
    this.pointers = pointers;
    this.end = end;
    this.depth = depth;
  }
}

/** Where everything that is absent from a message lies: a segment of one word, a null pointer. */
export const NOWHERE = new Segment(
  new Arena(Infinity),
  0,
  new DataView(new ArrayBuffer(WORD_BYTES)),
  Buffer.alloc(WORD_BYTES),
  0,
  WORD_BYTES,
);
NOWHERE.arena.add(NOWHERE);

/** The struct that a null pointer stands for: every field reads as its default. */
export const DEFAULT_STRUCT = new StructView(NOWHERE, 0, 0, 0, MAX_NESTING);
