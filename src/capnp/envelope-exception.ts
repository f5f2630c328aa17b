/** rpc.capnp Exception, read and written. Its `details` came with version 2 of the schema. */
import { type Exception, type ExceptionDetail } from "../rpc/index.ts";
import { data, text } from "./blob.ts";
import { writeData, writeText } from "./blob-write.ts";
import { initStruct, initStructList } from "./build-pointer.ts";
import { EXCEPTION_KINDS, Size } from "./envelope-layout.ts";
import { MAX_EXCEPTION_DETAIL_BYTES, MAX_EXCEPTION_DETAILS, WORD_BYTES } from "./limits.ts";
import { ElementSize } from "./list-view.ts";
import { readList } from "./pointer.ts";
import { u16, u64 } from "./scalar-read.ts";
import { setU16, setU64 } from "./scalar-write.ts";
import { type Segment } from "./segment.ts";
import { type StructView } from "./struct-view.ts";

/** `Exception.details`, as an offset into the pointer section. */
const DETAILS = 2 * WORD_BYTES;

export function readException(at: StructView): Exception {
  const kind = EXCEPTION_KINDS[u16(at, 4)] ?? "failed";
  const trace = text(at, 1);
  const details = readDetails(at);
  return { kind, reason: text(at, 0), trace: trace === "" ? undefined : trace, details };
}

/** Puts an exception behind a pointer that is null. */
export function writeException(segment: Segment, at: number, exception: Exception): void {
  const { kind, reason, trace, details } = exception;
  const struct = initStruct(segment, at, ...Size.Exception);
  const { pointers } = struct;
  setU16(struct, 4, EXCEPTION_KINDS.indexOf(kind));
  writeText(struct.segment, pointers, reason);
  if (trace !== undefined) writeText(struct.segment, pointers + WORD_BYTES, trace);
  if (details !== undefined) writeDetails(struct.segment, pointers + DETAILS, details);
}

/** Copies, so that an error that is kept does not keep the bytes around it. */
function readDetails(at: StructView): readonly ExceptionDetail[] | undefined {
  const pointer = at.pointers + DETAILS;
  if (pointer >= at.end) return undefined;
  const entries = readList(at.segment, pointer, at.depth, ElementSize.composite);
  if (entries === undefined) return undefined;
  const details: ExceptionDetail[] = [];
  for (let i = 0; i < Math.min(entries.length, MAX_EXCEPTION_DETAILS); i++) {
    const entry = entries.struct(i);
    const bytes = data(entry, 0);
    if (bytes.length > MAX_EXCEPTION_DETAIL_BYTES) continue;
    details.push({ id: u64(entry, 0), data: bytes.slice() });
  }
  return details.length === 0 ? undefined : details;
}

/** What our own decoder would drop is not sent. */
function writeDetails(segment: Segment, at: number, details: readonly ExceptionDetail[]): void {
  const sent = details
    .filter(({ data: bytes }) => bytes.length <= MAX_EXCEPTION_DETAIL_BYTES)
    .slice(0, MAX_EXCEPTION_DETAILS);
  if (sent.length === 0) return;
  const entries = initStructList(segment, at, sent.length, ...Size.Detail);
  sent.forEach(({ id, data: bytes }, i) => {
    const entry = entries.struct(i);
    setU64(entry, 0, id);
    writeData(entry.segment, entry.pointers, bytes);
  });
}
