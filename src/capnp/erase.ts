/** Taking a pointer's target out of a message under construction. */
import { ElementSize, type ListView } from "./list-view.ts";
import { MAX_NESTING, WORD_BYTES } from "./limits.ts";
import { isNull, kindOf, PointerKind, readAnyList, readStruct } from "./pointer.ts";
import { type Segment } from "./segment.ts";
import { StructView } from "./struct-view.ts";

/** What a pointer led to before it was made null. */
export type Detached = StructView | ListView | undefined;

/**
 * Makes the pointer null and returns what it led to, still readable, so that it can be copied
 * before it is erased: a field may be assigned to itself.
 */
export function detach(segment: Segment, at: number): Detached {
  if (isNull(segment, at)) return undefined;
  const kind = kindOf(segment, at);
  const target =
    kind === "struct"
      ? readStruct(segment, at, MAX_NESTING)
      : kind === "list"
        ? readAnyList(segment, at, MAX_NESTING)
        : undefined;
  erasePointer(segment, at);
  return target;
}

/** Zeroes a detached object and all below it. */
export function erase(target: Detached): void {
  if (target instanceof StructView) {
    eraseFields(target);
  } else if (target !== undefined) {
    eraseList(target);
  }
}

/** Zeroes every field of a struct, and all below it. */
export function eraseFields(struct: StructView): void {
  erasePointers(struct.segment, struct.pointers, struct.end);
  fillWithZeros(struct.segment, struct.data, struct.end);
}

function eraseList(list: ListView): void {
  const { segment, start, length, step } = list;
  if (segment.borrowed) {
    segment.end = segment.start; // an empty segment keeps the numbers of the others
    return;
  }
  if (step > list.dataBytes) {
    for (let index = 0; index < length; index++) {
      erasePointers(segment, list.pointer(index), list.data(index) + step);
    }
  }
  const bytes = list.size === ElementSize.bit ? Math.ceil(length / 8) : length * step;
  const tag = list.size === ElementSize.composite ? WORD_BYTES : 0;
  fillWithZeros(segment, start - tag, start + bytes);
}

function erasePointers(segment: Segment, from: number, to: number): void {
  for (let at = from; at < to; at += WORD_BYTES) erase(detach(segment, at));
}

/** Zeroes a pointer, and the landing pad it may have. */
function erasePointer(segment: Segment, at: number): void {
  const low = segment.view.getInt32(at, true);
  const landing = segment.arena.segments[segment.view.getInt32(at + 4, true)];
  if ((low & 3) === PointerKind.far && landing !== undefined) {
    const pad = landing.start + (low >>> 3) * WORD_BYTES;
    fillWithZeros(landing, pad, pad + ((low & 4) === 0 ? 1 : 2) * WORD_BYTES);
  }
  fillWithZeros(segment, at, at + WORD_BYTES);
}

function fillWithZeros(segment: Segment, from: number, to: number): void {
  segment.bytes.fill(0, from, to);
}
