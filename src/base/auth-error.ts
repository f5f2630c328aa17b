import { HandfastError } from "./errors.ts";

/** All that a peer is told of why it was refused. */
export type RefusalReason =
  /** It showed no credential. */
  | "missing"
  /** The credential is not one of ours, or not its own. */
  | "invalid"
  /** The credential was good, and is no longer. */
  | "expired"
  /** The credential is good, and not for this. */
  | "insufficient_scope"
  /** We know who it is, and it may not. */
  | "unauthorized";

/** What an `AuthError` says of itself, to the peer and at home. */
export interface AuthErrorOptions {
  /** Default `unauthorized`. */
  readonly reason?: RefusalReason | undefined;
  /** What the verifier found: for the local log, never for the peer. */
  readonly cause?: unknown;
}

/** The authority check failed. Its reason crosses the wire; what lies behind it stays at home. */
export class AuthError extends HandfastError<"PERMISSION_DENIED"> {
  readonly reason: RefusalReason;

  constructor({ reason = "unauthorized", cause }: AuthErrorOptions = {}) {
    super("PERMISSION_DENIED", `permission denied: ${reason}`, { blame: "caller", cause });
    this.reason = reason;
  }
}
