import { type Blame, HandfastError } from "../base/index.ts";

/**
 * `CHAIN_EMPTY`: a chain of no authenticators, which would refuse everybody. `OPTION_INVALID`: an
 * authenticator that cannot work, or not safely. `OUT_OF_SCOPE`: something of HTTP's.
 * `JWKS_UNAVAILABLE`: the issuer's keys cannot be had, so nobody can be judged.
 */
export type AuthSetupErrorCode =
  "CHAIN_EMPTY" | "OPTION_INVALID" | "OUT_OF_SCOPE" | "JWKS_UNAVAILABLE";

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
