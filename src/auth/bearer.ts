import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  accepted,
  type Authenticator,
  presented,
  type Proof,
  type Validate,
} from "./authenticator.ts";

/** Whoever bears a token that `validate` knows. The default domain is `bearer`. */
export function bearer(validate: Validate<string>): Authenticator {
  return async (credential, presenter) => {
    const proof = await validate(presented(credential), presenter);
    return accepted(proof, { domain: "bearer", presenter });
  };
}

/**
 * Whoever bears one of these tokens, by token: the principal, or a proof. A token that is none of them
 * is not ours. How long the answer takes says nothing about the tokens: digests under a key of this
 * process are compared, each with all, and to the end.
 */
export function bearerStatic(tokens: ReadonlyMap<string, string | Proof>): Authenticator {
  const key = randomBytes(32);
  const digestOf = (token: string) => createHmac("sha256", key).update(token).digest();
  const known = Array.from(tokens, ([token, of]) => ({
    digest: digestOf(token),
    proof: proofOf(of),
  }));
  return bearer((token) => {
    const digest = digestOf(token);
    let found: Proof | undefined;
    for (const { digest: other, proof } of known) {
      if (timingSafeEqual(digest, other)) found = proof;
    }
    return found;
  });
}

/** A principal stands for a proof of it and nothing else. */
export function proofOf(of: string | Proof): Proof {
  return typeof of === "string" ? { principal: of } : of;
}
