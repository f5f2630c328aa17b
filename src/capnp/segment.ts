import { CapnpError } from "./capnp-error.ts";
import { type CapabilitySource } from "./capability-table.ts";
import { MIN_TRAVERSAL_WORDS, TRAVERSALS_OF_A_WORD, WORD_BYTES } from "./limits.ts";

/**
 * A window on a buffer: one segment of a message, read where it was received. Several messages
 * share one buffer, its `view` and its `bytes`; every offset in this room counts from their start.
 */
export class Segment {
  declare readonly arena: Arena;
  /** The number that far pointers know it by. */
  declare readonly id: number;
  declare readonly view: DataView;
  declare readonly bytes: Buffer;
  declare readonly start: number;
  /** Grows while the segment is being built. */
  declare end: number;
  /** Someone else's memory: Data that is sent from where it lies. Never written to. */
  declare borrowed: boolean;

  constructor(arena: Arena, id: number, view: DataView, bytes: Buffer, start: number, end: number) {
    this.arena = arena;
    this.id = id;
    this.view = view;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.borrowed = false;
  }
}

/** The segments of one message, and what belongs to the message as a whole. */
export class Arena {
  declare segments: Segment[];
  /** Words that reading may still visit (limits.ts `MIN_TRAVERSAL_WORDS`). */
  declare budgetWords: number;
  /** Absent for a message that is no part of a call. */
  declare caps: CapabilitySource | undefined;

  constructor(budgetWords: number) {
    this.segments = [];
    this.budgetWords = budgetWords;
    this.caps = undefined;
  }

  /** Most messages have one segment; an array that had to grow would have room for seventeen. */
  add(segment: Segment): void {
    if (this.segments.length === 0) this.segments = [segment];
    else this.segments.push(segment);
  }

  /** Charges for following a pointer; throws `TRAVERSAL_LIMIT`. */
  charge(words: number): void {
    this.budgetWords -= words;
    if (this.budgetWords < 0) {
      throw new CapnpError(
        "TRAVERSAL_LIMIT",
        "reading this message costs more than its size warrants",
      );
    }
  }

  get sizeWords(): number {
    let words = 0;
    for (const { start, end } of this.segments) words += Math.ceil((end - start) / WORD_BYTES);
    return words;
  }
}

/** The traversal budget of a received message of this size. */
export function budgetFor(sizeWords: number): number {
  return Math.max(MIN_TRAVERSAL_WORDS, sizeWords * TRAVERSALS_OF_A_WORD);
}

/** A view of the bytes that starts at their start. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The same bytes as a Buffer, not copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
