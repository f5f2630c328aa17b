import { HandfastError } from "../base/index.ts";

/**
 * `OPTION_MISSING`: a vat cannot be opened without it. `ADMIT_MISSING`: listening without saying who
 * may in. `NOT_CONNECTED`: a peer named by its id alone is not connected. `CERTIFICATE_MISSING`: a
 * road of TLS without a certificate of our own. `CLOSED`: the vat, or this handle on a connection,
 * was closed.
 */
export type VatErrorCode =
  "OPTION_MISSING" | "ADMIT_MISSING" | "NOT_CONNECTED" | "CERTIFICATE_MISSING" | "CLOSED";

/** A mistake in how a vat is set up or used. */
export class VatError extends HandfastError<VatErrorCode> {
  constructor(code: VatErrorCode, message: string, cause?: unknown) {
    super(code, message, { blame: "caller", cause });
  }
}
