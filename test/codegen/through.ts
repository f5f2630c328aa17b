import { decode, encode, type PointerType } from "handfast/capnp";

/** Writes a message, and reads it. */
export function through<Reader, Init>(type: PointerType<Reader, Init>, init: Init): Reader {
  return decode(type, encode(type, init));
}
