import { type Blame, HandfastError } from "../base/index.ts";

/** Which check failed. */
export type ShsErrorCode =
  /** The MAC of M1 or M2 is of another network. */
  | "WRONG_NETWORK"
  /** The peer's ephemeral key is of low order, or makes a secret of zeros. */
  | "WEAK_EPHEMERAL"
  /** Our own M1 came back. */
  | "REFLECTED"
  /** The box of M3 does not open: the client meant another key. */
  | "M3_UNREADABLE"
  /** The signature in M3 is not the client's. */
  | "M3_FORGED"
  /** The box of M4 does not open. */
  | "M4_UNREADABLE"
  /** The signature in M4 is not the server's. */
  | "M4_FORGED"
  /** The client's long-term key is of small or mixed order, or not canonical. */
  | "WEAK_IDENTITY"
  /** The tag of a record is wrong. */
  | "RECORD_FORGED"
  /** No record of this type is so long, or so short. */
  | "RECORD_LENGTH"
  /** A record without content, where the suite has none. */
  | "RECORD_EMPTY"
  /** A record of an unknown type, or out of its order. */
  | "RECORD_TYPE"
  /** The peer did not change its key in time. */
  | "RECORD_LIMIT"
  /** The peer went on after its goodbye. */
  | "AFTER_GOODBYE"
  /** We would go on after ours. */
  | "SEALED_AFTER_GOODBYE"
  /** Not an Ed25519 public key that can be used. */
  | "KEY_INVALID"
  /** Not a seed of 32 bytes. */
  | "SEED_INVALID"
  /** Not a network, or one whose suites exclude each other. */
  | "NETWORK_INVALID"
  /** The handshake awaits something else. */
  | "OUT_OF_TURN";

/**
 * A refusal of the handshake (its four messages are M1 to M4), of a record, or of an argument. The
 * wire stays silent about it; only the side that refused knows.
 */
export class ShsError extends HandfastError<ShsErrorCode> {
  constructor(code: ShsErrorCode, message: string, blame: Blame = BLAME[code]) {
    super(code, message, { blame });
  }
}

const BLAME: Readonly<Record<ShsErrorCode, Blame>> = {
  WRONG_NETWORK: "incompatible",
  WEAK_EPHEMERAL: "peer",
  REFLECTED: "peer",
  M3_UNREADABLE: "incompatible",
  M3_FORGED: "peer",
  M4_UNREADABLE: "peer",
  M4_FORGED: "peer",
  WEAK_IDENTITY: "peer",
  RECORD_FORGED: "peer",
  RECORD_LENGTH: "peer",
  RECORD_EMPTY: "peer",
  RECORD_TYPE: "peer",
  RECORD_LIMIT: "peer",
  AFTER_GOODBYE: "peer",
  SEALED_AFTER_GOODBYE: "caller",
  KEY_INVALID: "caller",
  SEED_INVALID: "caller",
  NETWORK_INVALID: "caller",
  OUT_OF_TURN: "caller",
};

export function sealedAfterGoodbye(): ShsError {
  return new ShsError("SEALED_AFTER_GOODBYE", "nothing can be sent after our goodbye");
}
