/**
 * Copying out of one message into another that is under construction. The source may be hostile:
 * it is read through pointer.ts, with all its limits, and never written to.
 */
import { BuildArena } from "./build-arena.ts";
import {
  initList,
  initStruct,
  initStructList,
  pointAtGathered,
  arenaOf,
  writeCapability,
} from "./build-pointer.ts";
import { CapnpError } from "./capnp-error.ts";
import { ElementSize, type ListView } from "./list-view.ts";
import { GATHER_BYTES, WORD_BYTES } from "./limits.ts";
import { kindOf, readAnyList, readCapability, readStruct } from "./pointer.ts";
import { type Segment } from "./segment.ts";
import { type StructView } from "./struct-view.ts";

/**
 * What becomes of the capabilities: each is entered into the table of the target (`translated`), or
 * the target is to have the very same table, so that indices stay as they are (`verbatim`).
 */
export type CopiedCapabilities = "translated" | "verbatim";

/** Copies what one pointer leads to behind another, which is null. */
export function copyPointer(
  from: Segment,
  fromAt: number,
  depth: number,
  to: Segment,
  toAt: number,
  caps: CopiedCapabilities,
): void {
  switch (kindOf(from, fromAt)) {
    case "struct": {
      const source = readStruct(from, fromAt, depth);
      if (source !== undefined) copyStructTo(source, to, toAt, 0, 0, caps);
      return;
    }
    case "list": {
      const source = readAnyList(from, fromAt, depth);
      if (source !== undefined) copyListTo(source, to, toAt, caps);
      return;
    }
    case "capability": {
      const index = readCapability(from, fromAt) ?? 0;
      const copied = caps === "verbatim" ? index : translate(from, index, to);
      if (copied !== undefined) writeCapability(to, toAt, copied);
      return;
    }
    case undefined:
      return;
  }
}

/** Copies a struct behind a pointer that is null, and makes it at least as large as asked. */
export function copyStructTo(
  source: StructView,
  to: Segment,
  toAt: number,
  minDataWords: number,
  minPointers: number,
  caps: CopiedCapabilities,
): StructView {
  const dataWords = Math.ceil((source.pointers - source.data) / WORD_BYTES);
  const pointerCount = (source.end - source.pointers) / WORD_BYTES;
  const target = initStruct(
    to,
    toAt,
    Math.max(minDataWords, dataWords),
    Math.max(minPointers, pointerCount),
  );
  copyFields(source, target, caps);
  return target;
}

/** Copies the fields that both structs have; the target's pointers are null. */
export function copyFields(source: StructView, target: StructView, caps: CopiedCapabilities): void {
  const dataBytes = Math.min(source.pointers - source.data, target.pointers - target.data);
  copyBytes(source.segment, source.data, target.segment, target.data, dataBytes);
  const pointerBytes = Math.min(source.end - source.pointers, target.end - target.pointers);
  for (let offset = 0; offset < pointerBytes; offset += WORD_BYTES) {
    copyPointer(
      source.segment,
      source.pointers + offset,
      source.depth,
      target.segment,
      target.pointers + offset,
      caps,
    );
  }
}

/** Copies a list, whatever its elements, behind a pointer that is null. */
export function copyListTo(
  source: ListView,
  to: Segment,
  toAt: number,
  caps: CopiedCapabilities,
  minDataWords = 0,
  minPointers = 0,
): void {
  const { segment, size, start, length, step, dataBytes } = source;
  if (size === ElementSize.composite) {
    const target = initStructList(
      to,
      toAt,
      length,
      Math.max(minDataWords, dataBytes / WORD_BYTES),
      Math.max(minPointers, (step - dataBytes) / WORD_BYTES),
    );
    if (target.step > 0) {
      for (let i = 0; i < length; i++) copyFields(source.struct(i), target.struct(i), caps);
    }
    return;
  }
  const isBulk = size === ElementSize.byte && length >= GATHER_BYTES;
  // What is under construction may still be erased, so only what was received is left in place.
  if (isBulk && !(segment.arena instanceof BuildArena)) {
    const gathered = arenaOf(to).gather(segment.bytes.subarray(start, start + length));
    if (gathered !== undefined) {
      pointAtGathered(to, toAt, gathered);
      return;
    }
  }
  const target = initList(to, toAt, size, length);
  if (size === ElementSize.pointer) {
    for (let i = 0; i < length; i++) {
      copyPointer(
        segment,
        source.pointer(i),
        source.depth,
        target.segment,
        target.pointer(i),
        caps,
      );
    }
  } else {
    const bytes = size === ElementSize.bit ? Math.ceil(length / 8) : length * step;
    copyBytes(segment, start, target.segment, target.start, bytes);
  }
}

function copyBytes(from: Segment, fromAt: number, to: Segment, toAt: number, length: number): void {
  if (length > 0) from.bytes.copy(to.bytes, toAt, fromAt, fromAt + length);
}

function translate(from: Segment, index: number, to: Segment): number | undefined {
  const { caps: source } = from.arena;
  const { caps: sink } = arenaOf(to);
  if (source === undefined || sink === undefined) {
    throw new CapnpError("NO_CAPABILITIES", "a capability cannot leave its call", "caller");
  }
  if (source === sink) return index;
  return sink.adopt(source, index);
}
