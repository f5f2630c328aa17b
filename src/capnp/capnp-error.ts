import { type Blame, HandfastError } from "../base/index.ts";

/**
 * What is wrong with a message. Of one that was received:
 * `OUT_OF_BOUNDS`: a pointer leads outside the message. `WRONG_KIND`: a pointer leads to something
 * other than the schema says. `TEXT_UNTERMINATED`: a Text without its final NUL.
 * `TRAVERSAL_LIMIT`, `NESTING_LIMIT`: it costs more to read than its size warrants, or is too deep.
 * `TOO_MANY_SEGMENTS`, `MESSAGE_TOO_LARGE`: its frame announces more than we accept.
 * `MESSAGE_TRUNCATED`, `TRAILING_BYTES`, `NO_ROOT`, `PACKING_INVALID`: it is not one whole message.
 * `ENVELOPE_INVALID`: it lacks what rpc.capnp requires.
 *
 * Of one being built: `VALUE_OUT_OF_RANGE` (a value that its field cannot hold, of another type or
 * too large), `MESSAGE_TOO_LARGE`, `MESSAGE_SENT` (it is too late to change it), `NO_CAPABILITIES`
 * (it is no part of a call, so it cannot carry any).
 */
export type CapnpErrorCode =
  | "OUT_OF_BOUNDS"
  | "WRONG_KIND"
  | "TEXT_UNTERMINATED"
  | "TRAVERSAL_LIMIT"
  | "NESTING_LIMIT"
  | "TOO_MANY_SEGMENTS"
  | "MESSAGE_TOO_LARGE"
  | "MESSAGE_TRUNCATED"
  | "TRAILING_BYTES"
  | "NO_ROOT"
  | "PACKING_INVALID"
  | "ENVELOPE_INVALID"
  | "VALUE_OUT_OF_RANGE"
  | "MESSAGE_SENT"
  | "NO_CAPABILITIES";

/** A Cap'n Proto message that cannot be read (blame `peer`) or built (blame `caller`). */
export class CapnpError extends HandfastError<CapnpErrorCode> {
  constructor(code: CapnpErrorCode, message: string, blame: Blame = "peer") {
    super(code, message, { blame });
  }
}
