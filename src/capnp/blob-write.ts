/** Writing Text and Data. */
import { arenaOf, initList, pointAtGathered } from "./build-pointer.ts";
import { detach, erase } from "./erase.ts";
import { GATHER_BYTES } from "./limits.ts";
import { ElementSize } from "./list-view.ts";
import { type Segment } from "./segment.ts";
import { type StructView } from "./struct-view.ts";
import { ValueError } from "./value-error.ts";

/** Up to this length a loop is quicker than a call out of JavaScript. */
const SHORT_TEXT = 12;

/** Puts a Text behind a pointer that is null. */
export function writeText(segment: Segment, at: number, value: string): void {
  if (typeof value !== "string") throw new ValueError("a string", value);
  const length = Buffer.byteLength(value);
  const list = initList(segment, at, ElementSize.byte, length + 1);
  const { bytes } = list.segment;
  const isAscii = length === value.length;
  if (isAscii && length <= SHORT_TEXT) {
    for (let i = 0; i < length; i++) bytes[list.start + i] = value.charCodeAt(i);
  } else {
    bytes.write(value, list.start, length, isAscii ? "latin1" : "utf8"); // the same, but quicker
  }
}

/**
 * Puts Data behind a pointer that is null. What is large is not copied but sent from where it lies,
 * except in streaming calls: whoever sets it leaves it unchanged until the call has returned, and
 * for good when the call is given up or it is a result.
 */
export function writeData(segment: Segment, at: number, value: Uint8Array): void {
  if (!(value instanceof Uint8Array)) throw new ValueError("a Uint8Array", value);
  if (value.length >= GATHER_BYTES && !isOwn(segment, value)) {
    const gathered = arenaOf(segment).gather(value);
    if (gathered !== undefined) {
      pointAtGathered(segment, at, gathered);
      return;
    }
  }
  const list = initList(segment, at, ElementSize.byte, value.length);
  list.segment.bytes.set(value, list.start);
}

/** Sets the Text in pointer field `index`. */
export function setText(struct: StructView, index: number, value: string): void {
  const at = struct.pointers + index * 8;
  const old = detach(struct.segment, at);
  writeText(struct.segment, at, value);
  erase(old);
}

/** Sets the Data in pointer field `index`; see `writeData` for who owns it. */
export function setData(struct: StructView, index: number, value: Uint8Array): void {
  const at = struct.pointers + index * 8;
  const old = detach(struct.segment, at);
  writeData(struct.segment, at, value);
  erase(old);
}

/** Whether this is a view of the message under construction, which may be erased any time. */
function isOwn(segment: Segment, value: Uint8Array): boolean {
  return segment.arena.segments.some(
    ({ borrowed, bytes }) => !borrowed && bytes.buffer === value.buffer,
  );
}
