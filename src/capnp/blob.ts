/** Text and Data of a message, read where they lie. */
import { CapnpError } from "./capnp-error.ts";
import { readAnyList, requireBytes } from "./pointer.ts";
import { type Segment } from "./segment.ts";
import { type StructView } from "./struct-view.ts";

/** Text and Data hold no pointers, so they are never too deep. */
const LEAF = 1;

/** Invalid UTF-8 reads as U+FFFD; a NUL or a byte order mark in the text is kept. */
export function readText(segment: Segment, at: number): string | undefined {
  const list = readAnyList(segment, at, LEAF);
  if (list === undefined) return undefined;
  requireBytes(list);
  const last = list.start + list.length - 1;
  if (list.length === 0 || list.segment.view.getUint8(last) !== 0) {
    throw new CapnpError("TEXT_UNTERMINATED", "a Text does not end in NUL");
  }
  return list.length === 1 ? "" : list.segment.bytes.toString("utf8", list.start, last);
}

/** A view of the message's own bytes: valid for good, since a received buffer is never reused. */
export function readData(segment: Segment, at: number): Uint8Array | undefined {
  const list = readAnyList(segment, at, LEAF);
  if (list === undefined) return undefined;
  requireBytes(list);
  const { bytes } = list.segment;
  return new Uint8Array(bytes.buffer, bytes.byteOffset + list.start, list.length);
}

/** The Text in pointer field `index`. */
export function text(at: StructView, index: number, fallback = ""): string {
  const pointer = at.pointers + index * 8;
  return pointer < at.end ? (readText(at.segment, pointer) ?? fallback) : fallback;
}

/** The Data in pointer field `index`: a view, not a copy, unless it is the schema's default. */
export function data(at: StructView, index: number, fallback?: Uint8Array): Uint8Array {
  const pointer = at.pointers + index * 8;
  const found = pointer < at.end ? readData(at.segment, pointer) : undefined;
  return found ?? fallback?.slice() ?? new Uint8Array(0);
}
