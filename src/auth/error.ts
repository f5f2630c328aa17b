import { type Blame, HandfastError } from "../base/index.ts";

/** Why nobody can be judged. */
export type AuthSetupErrorCode =
  /** A chain of no authenticators would refuse everybody. */
  | "CHAIN_EMPTY"
  /** With this option the authenticator cannot work, or not safely. */
  | "OPTION_INVALID"
  /** It belongs to HTTP; the message says what takes its place. */
  | "OUT_OF_SCOPE"
  /** The issuer's keys cannot be had. */
  | "JWKS_UNAVAILABLE";

/** Authentication as such does not work. No peer is to blame, and none is told. */
export class AuthSetupError extends HandfastError<AuthSetupErrorCode> {
  constructor(code: AuthSetupErrorCode, message: string, cause?: unknown) {
    super(code, message, { blame: BLAME[code], cause });
  }
}

const BLAME: Readonly<Record<AuthSetupErrorCode, Blame>> = {
  CHAIN_EMPTY: "caller",
  OPTION_INVALID: "caller",
  OUT_OF_SCOPE: "caller",
  JWKS_UNAVAILABLE: "network",
};
