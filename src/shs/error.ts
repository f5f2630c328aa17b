import { type Blame, HandfastError } from "../base/index.ts";

/**
 * Which check failed. The wire stays silent about it; only the side that refused knows.
 *
 * Handshake: `WRONG_NETWORK` (the MAC of M1 or M2), `WEAK_EPHEMERAL` (a low-order `ap` or `bp`),
 * `REFLECTED` (our own M1 came back), `M3_UNREADABLE` and `M4_UNREADABLE` (the box does not open:
 * another key was meant), `M3_FORGED` and `M4_FORGED` (the signature), `WEAK_IDENTITY` (a
 * small-order, mixed-order or non-canonical long-term key), `WEAK_SECRET` (an all-zero DH result).
 *
 * Records: `RECORD_FORGED` (the tag), `RECORD_LENGTH`, `RECORD_EMPTY`, `RECORD_TYPE`,
 * `RECORD_LIMIT` (no rekey in time), `AFTER_GOODBYE` (the peer went on), `SEALED_AFTER_GOODBYE`
 * (we would).
 *
 * Arguments: `KEY_INVALID`, `SEED_INVALID`, `NETWORK_INVALID`, `OUT_OF_TURN`.
 */
export type ShsErrorCode =
  | "WRONG_NETWORK"
  | "WEAK_EPHEMERAL"
  | "REFLECTED"
  | "M3_UNREADABLE"
  | "M3_FORGED"
  | "M4_UNREADABLE"
  | "M4_FORGED"
  | "WEAK_IDENTITY"
  | "WEAK_SECRET"
  | "RECORD_FORGED"
  | "RECORD_LENGTH"
  | "RECORD_EMPTY"
  | "RECORD_TYPE"
  | "RECORD_LIMIT"
  | "AFTER_GOODBYE"
  | "SEALED_AFTER_GOODBYE"
  | "KEY_INVALID"
  | "SEED_INVALID"
  | "NETWORK_INVALID"
  | "OUT_OF_TURN";

/** A refusal of the handshake or of a record. */
export class ShsError extends HandfastError<ShsErrorCode> {
  constructor(code: ShsErrorCode, message: string, blame: Blame = BLAME[code] ?? "peer") {
    super(code, message, { blame });
  }
}

const BLAME: Partial<Readonly<Record<ShsErrorCode, Blame>>> = {
  WRONG_NETWORK: "incompatible",
  M3_UNREADABLE: "incompatible",
  SEALED_AFTER_GOODBYE: "caller",
  KEY_INVALID: "caller",
  SEED_INVALID: "caller",
  NETWORK_INVALID: "caller",
  OUT_OF_TURN: "caller",
};

export function sealedAfterGoodbye(): ShsError {
  return new ShsError("SEALED_AFTER_GOODBYE", "nothing can be sent after our goodbye");
}
