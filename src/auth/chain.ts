import { type Authenticator, NotMine } from "./authenticator.ts";
import { AuthSetupError } from "./error.ts";

/**
 * Asks one authenticator after the other: `NotMine` moves on to the next, any other error stops. What
 * is nobody's is refused as `missing` when nothing was presented, else as `invalid`. Chains may be
 * links of chains. Throws `AuthSetupError` `CHAIN_EMPTY`.
 */
export function chain<Credential = string>(
  ...authenticators: readonly Authenticator<Credential>[]
): Authenticator<Credential> {
  if (authenticators.length === 0) {
    throw new AuthSetupError("CHAIN_EMPTY", "a chain of no authenticators refuses everybody");
  }
  return async (credential, presenter) => {
    for (const authenticate of authenticators) {
      try {
        return await authenticate(credential, presenter);
      } catch (error) {
        if (!(error instanceof NotMine)) throw error;
      }
    }
    throw new NotMine(isNothing(credential) ? "missing" : "invalid");
  };
}

/** An authenticator for credentials of another shape: `from` says where in them its own lies. */
export function presenting<Whole, Part>(
  from: (credential: Whole) => Part | undefined,
  authenticate: Authenticator<Part>,
): Authenticator<Whole> {
  return (credential, presenter) =>
    authenticate(credential === undefined ? undefined : from(credential), presenter);
}

/** A Text that was not set reads as an empty one. */
function isNothing(credential: unknown): boolean {
  return credential === undefined || credential === "";
}
