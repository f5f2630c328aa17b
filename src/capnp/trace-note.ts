/**
 * The trace of a call, in a fourth pointer field behind the three of rpc.capnp's `Call`. A struct
 * may be longer than its reader's schema, so every Cap'n Proto reader passes it over (encoding spec,
 * "Structs"); it is sent only for calls that are traced. It is a struct of our own:
 *
 *     struct TraceNote { id @0 :UInt64; traceparent @1 :Text; tracestate @2 :Text; }
 *
 * `id` tells it from whatever rpc.capnp may put there one day. A note that is none, or says nothing
 * sensible, is passed over as well: a call never fails for its trace.
 */
import {
  MAX_TRACESTATE_LENGTH,
  traceContext,
  type TraceContext,
  TRACEPARENT_LENGTH,
} from "../rpc/index.ts";
import { readData } from "./blob.ts";
import { writeText } from "./blob-write.ts";
import { initStruct } from "./build-pointer.ts";
import { CapnpError } from "./capnp-error.ts";
import { WORD_BYTES } from "./limits.ts";
import { readStruct } from "./pointer.ts";
import { u64 } from "./scalar-read.ts";
import { setU64 } from "./scalar-write.ts";
import { type StructView } from "./struct-view.ts";

/** Drawn at random once. */
const NOTE_ID = 0xd3f1_6c0e_92b7_5a84n;

/** The index of the field in `Call`. */
const NOTE_FIELD = 3;

export function writeTrace(call: StructView, { traceparent, tracestate }: TraceContext): void {
  const note = initStruct(call.segment, call.pointers + NOTE_FIELD * WORD_BYTES, 1, 2);
  setU64(note, 0, NOTE_ID);
  writeText(note.segment, note.pointers, traceparent);
  if (tracestate !== undefined) writeText(note.segment, note.pointers + WORD_BYTES, tracestate);
}

export function readTrace(call: StructView): TraceContext | undefined {
  const at = call.pointers + NOTE_FIELD * WORD_BYTES;
  if (at >= call.end) return undefined;
  try {
    const note = readStruct(call.segment, at, call.depth);
    if (note === undefined || u64(note, 0) !== NOTE_ID) return undefined;
    const traceparent = header(note, 0, TRACEPARENT_LENGTH);
    return traceContext(traceparent, header(note, 1, MAX_TRACESTATE_LENGTH));
  } catch (error) {
    if (error instanceof CapnpError) return undefined;
    throw error;
  }
}

/** The Text in pointer field `index`, or nothing where it is longer than it may be. */
function header(note: StructView, index: number, maxLength: number): string {
  const at = note.pointers + index * WORD_BYTES;
  const bytes = at < note.end ? readData(note.segment, at) : undefined;
  if (bytes === undefined || bytes.length > maxLength + 1) return "";
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.max(bytes.length - 1, 0)).toString(
    "latin1",
  );
}
