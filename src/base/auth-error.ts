import { HandfastError } from "./errors.ts";

/**
 * All that a peer is told of why it was refused. `missing`: no credential. `invalid`: not one of
 * ours, or not its. `expired`: it was. `insufficient_scope`: good, and not for this.
 * `unauthorized`: we know who it is, and it may not.
 */
export type RefusalReason =
  "missing" | "invalid" | "expired" | "insufficient_scope" | "unauthorized";

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
