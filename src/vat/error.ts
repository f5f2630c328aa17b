import { HandfastError } from "../base/index.ts";

/** What is amiss with a vat, or with what is asked of it. */
export type VatErrorCode =
  /** A vat cannot be opened without this option. */
  | "OPTION_MISSING"
  /** It is to listen, and nobody said who may come in. */
  | "ADMIT_MISSING"
  /** A peer named by its id alone is not connected. */
  | "NOT_CONNECTED"
  /** A road of TLS needs a certificate of our own. */
  | "CERTIFICATE_MISSING"
  /** The vat, or this handle on a connection, was closed. */
  | "CLOSED";

/** A mistake in how a vat is set up or used. */
export class VatError extends HandfastError<VatErrorCode> {
  constructor(code: VatErrorCode, message: string, cause?: unknown) {
    super(code, message, { blame: "caller", cause });
  }
}
