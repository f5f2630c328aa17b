import { HandfastError } from "../base/index.ts";

/**
 * `ADMIT_MISSING`: listening without saying who may in. `NETWORK_INVALID`: not a network
 * identifier. `CLOSED`: the vat, or this handle on a connection, was closed.
 */
export type VatErrorCode = "ADMIT_MISSING" | "NETWORK_INVALID" | "CLOSED";

/** A mistake in how a vat is set up or used. */
export class VatError extends HandfastError<VatErrorCode> {
  constructor(code: VatErrorCode, message: string, cause?: unknown) {
    super(code, message, { blame: "caller", cause });
  }
}
