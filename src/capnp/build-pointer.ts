/**
 * Writing pointers and making room for what they lead to. `at` is the place of a pointer word in a
 * message under construction. What a pointer led to before is zeroed, never reused: it must not
 * leave with the message, and it packs to nothing.
 */
import { BuildArena } from "./build-arena.ts";
import { CapnpError } from "./capnp-error.ts";
import { DATA_BYTES, ElementSize, ListView } from "./list-view.ts";
import { MAX_LIST_LENGTH, MAX_NESTING, WORD_BYTES } from "./limits.ts";
import { PointerKind } from "./pointer.ts";
import { type Segment } from "./segment.ts";
import { StructView } from "./struct-view.ts";

/** The arena of a message under construction. What was received is never written to. */
export function arenaOf(segment: Segment): BuildArena {
  const { arena } = segment;
  if (arena instanceof BuildArena) return arena;
  throw new CapnpError("MESSAGE_SENT", "a message that was received cannot be changed", "caller");
}

/** A new struct, its fields all zero, for a pointer that is null. */
export function initStruct(
  segment: Segment,
  at: number,
  dataWords: number,
  pointerCount: number,
): StructView {
  const arena = arenaOf(segment);
  const words = dataWords + pointerCount;
  const high = dataWords | (pointerCount << 16);
  if (words === 0) {
    // An offset of -1 tells a struct of no words from a null pointer (encoding spec, "Structs").
    segment.view.setInt32(at, -4, true);
    return new StructView(segment, at, at, at, MAX_NESTING);
  }
  const data = arena.allocate(segment, words);
  point(segment, at, arena.placed, data, PointerKind.struct, high);
  const pointers = data + dataWords * WORD_BYTES;
  const end = data + words * WORD_BYTES;
  return new StructView(arena.placed, data, pointers, end, MAX_NESTING);
}

/** A new list of anything but structs, its elements all zero, for a pointer that is null. */
export function initList(
  segment: Segment,
  at: number,
  size: ElementSize,
  length: number,
): ListView {
  requireLength(length);
  const arena = arenaOf(segment);
  const dataBytes = DATA_BYTES[size] ?? 0;
  const step = size === ElementSize.pointer ? WORD_BYTES : dataBytes;
  const bytes = size === ElementSize.bit ? Math.ceil(length / 8) : length * step;
  const start = arena.allocate(segment, Math.ceil(bytes / WORD_BYTES));
  point(segment, at, arena.placed, start, PointerKind.list, size | (length << 3));
  return new ListView(arena.placed, size, start, length, step, dataBytes, MAX_NESTING);
}

/** A new list of structs, their fields all zero, for a pointer that is null. */
export function initStructList(
  segment: Segment,
  at: number,
  length: number,
  dataWords: number,
  pointerCount: number,
): ListView {
  requireLength(length);
  const arena = arenaOf(segment);
  const words = length * (dataWords + pointerCount);
  requireLength(words);
  const tag = arena.allocate(segment, 1 + words);
  const { placed } = arena;
  point(segment, at, placed, tag, PointerKind.list, ElementSize.composite | (words << 3));
  placed.view.setInt32(tag, length << 2, true);
  placed.view.setInt32(tag + 4, dataWords | (pointerCount << 16), true);
  const dataBytes = dataWords * WORD_BYTES;
  const step = dataBytes + pointerCount * WORD_BYTES;
  const start = tag + WORD_BYTES;
  return new ListView(placed, ElementSize.composite, start, length, step, dataBytes, MAX_NESTING);
}

export function writeCapability(segment: Segment, at: number, index: number): void {
  segment.view.setInt32(at, PointerKind.other, true);
  segment.view.setUint32(at + 4, index, true);
}

/** A list of bytes that stays where it is, in a segment of its own (see `BuildArena.gather`). */
export function pointAtGathered(segment: Segment, at: number, gathered: Segment): void {
  const arena = arenaOf(segment);
  const pad = arena.allocate(segment, 2);
  const { placed } = arena;
  writeFar(segment, at, placed, pad, 4);
  writeFar(placed, pad, gathered, gathered.start, 0);
  const length = gathered.end - gathered.start;
  placed.view.setInt32(pad + 8, PointerKind.list, true);
  placed.view.setInt32(pad + 12, ElementSize.byte | (length << 3), true);
}

/** A pointer to what `allocate` has just put at `target`: near, or far through its landing pad. */
function point(
  segment: Segment,
  at: number,
  placed: Segment,
  target: number,
  kind: number,
  high: number,
): void {
  let from = at;
  if (placed !== segment) {
    from = target - WORD_BYTES;
    writeFar(segment, at, placed, from, 0);
  }
  const offset = (target - from - WORD_BYTES) / WORD_BYTES;
  placed.view.setInt32(from, (offset << 2) | kind, true);
  placed.view.setInt32(from + 4, high, true);
}

function writeFar(
  segment: Segment,
  at: number,
  to: Segment,
  target: number,
  doubleBit: number,
): void {
  const offset = (target - to.start) / WORD_BYTES;
  segment.view.setInt32(at, (offset << 3) | doubleBit | PointerKind.far, true);
  segment.view.setInt32(at + 4, to.id, true);
}

function requireLength(length: number): void {
  if (length > MAX_LIST_LENGTH) {
    throw new CapnpError("MESSAGE_TOO_LARGE", "a list may not grow this long", "caller");
  }
}
