/** Fields behind a pointer, whatever their type. The commonest have functions of their own. */
import { pointerCodecOf } from "./capability-field.ts";
import { type PointerCodec } from "./codec.ts";
import { detach, erase } from "./erase.ts";
import { type ListBuilder } from "./list.ts";
import { type ListType } from "./list-type.ts";
import { isNull } from "./pointer.ts";
import { type PointerType } from "./pointer-type.ts";
import { type StructView } from "./struct-view.ts";

/** Whether pointer field `index` holds anything; a null pointer reads as the default. */
export function has(at: StructView, index: number): boolean {
  const pointer = at.pointers + index * 8;
  return pointer < at.end && !isNull(at.segment, pointer);
}

/** The value in pointer field `index`. */
export function get<Reader>(
  at: StructView,
  index: number,
  type: PointerType<Reader>,
  fallback?: Reader,
): Reader {
  const codec = pointerCodecOf(type);
  const pointer = at.pointers + index * 8;
  const found = pointer < at.end ? codec.read(at.segment, pointer, at.depth) : undefined;
  return found ?? fallback ?? codec.absent();
}

/** Fills pointer field `index`, over whatever was there. */
export function set<Init>(
  at: StructView,
  index: number,
  type: PointerType<unknown, Init>,
  value: Init,
): void {
  pointerCodecOf(type).replace(at.segment, at.pointers + index * 8, value);
}

/**
 * The value in pointer field `index` of a struct being built, in place; a null pointer gets an
 * empty one first, or a copy of the field's default.
 */
export function edit<Init, Builder>(
  at: StructView,
  index: number,
  type: PointerCodec<unknown, Init, Builder>,
  fallback?: Init,
): Builder {
  const pointer = at.pointers + index * 8;
  if (fallback !== undefined && isNull(at.segment, pointer)) {
    type.write(at.segment, pointer, fallback);
  }
  return type.build(at.segment, pointer);
}

/** Puts a list of `length` zero elements into pointer field `index`, to be filled in place. */
export function initList<Builder, Init>(
  at: StructView,
  index: number,
  type: ListType<unknown, Init, Builder>,
  length: number,
): ListBuilder<Builder, Init> {
  return type.init(at.segment, at.pointers + index * 8, length);
}

/** Makes pointer field `index` null again. */
export function clear(at: StructView, index: number): void {
  erase(detach(at.segment, at.pointers + index * 8));
}
