/**
 * What a handfast says of itself in a second word of data behind the one of rpc.capnp's `Bootstrap`,
 * which every Cap'n Proto reader passes over (encoding spec, "Structs"): that it keeps results when
 * asked to (Call.sendResultsTo.yourself). A peer that does not know how must never be asked: Go takes
 * it for an error, and Rust never answers.
 */
import { u64 } from "./scalar-read.ts";
import { setU64 } from "./scalar-write.ts";
import { type StructView } from "./struct-view.ts";

/** Drawn at random once: it tells the note from whatever rpc.capnp may put there one day. */
const KEEPS_RESULTS = 0xa4e7_51c8_0d3b_962fn;

const NOTE = 8; // bytes into the data section

export function writeKeepsResults(bootstrap: StructView): void {
  setU64(bootstrap, NOTE, KEEPS_RESULTS);
}

export function readKeepsResults(bootstrap: StructView): boolean {
  return u64(bootstrap, NOTE) === KEEPS_RESULTS;
}
