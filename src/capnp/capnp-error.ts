import { type Blame, HandfastError } from "../base/index.ts";

/** What is wrong with a message, one that was received or one that is being built. */
export type CapnpErrorCode =
  /** A pointer leads outside the message. */
  | "OUT_OF_BOUNDS"
  /** A pointer leads to something other than the schema says. */
  | "WRONG_KIND"
  /** A Text lacks its final NUL. */
  | "TEXT_UNTERMINATED"
  /** The message costs more to read than its size warrants. */
  | "TRAVERSAL_LIMIT"
  /** The message is nested too deeply, or in a cycle. */
  | "NESTING_LIMIT"
  /** The frame announces more segments than we accept. */
  | "TOO_MANY_SEGMENTS"
  /** The message, read or built, is larger than we accept. */
  | "MESSAGE_TOO_LARGE"
  /** The message is cut short. */
  | "MESSAGE_TRUNCATED"
  /** Something follows the message. */
  | "TRAILING_BYTES"
  /** The message is empty. */
  | "NO_ROOT"
  /** The packed bytes are cut short. */
  | "PACKING_INVALID"
  /** The message lacks what rpc.capnp requires, or has more of it than we accept. */
  | "ENVELOPE_INVALID"
  /** A value that its field cannot hold: of another type, or too large. */
  | "VALUE_OUT_OF_RANGE"
  /** It is too late to change the message. */
  | "MESSAGE_SENT"
  /** Only the messages of a call can carry capabilities. */
  | "NO_CAPABILITIES";

/** A Cap'n Proto message that cannot be read (blame `peer`) or built (blame `caller`). */
export class CapnpError extends HandfastError<CapnpErrorCode> {
  constructor(code: CapnpErrorCode, message: string, blame: Blame = "peer") {
    super(code, message, { blame });
  }
}
