import type { JSONWebKeySet, JWTPayload } from "jose";
import { type AuthError, type Claims, type Clock, type RefusalReason } from "../base/index.ts";
import {
  accepted,
  type Authenticator,
  type EpochMs,
  NotMine,
  presented,
  type Presenter,
  refusal,
} from "./authenticator.ts";
import { confirmationOf } from "./confirmation.ts";
import { AuthSetupError } from "./error.ts";
import { type Fetch, Jwks } from "./jwks.ts";
import { CLOCK_TOLERANCE_MS } from "./limits.ts";

/**
 * Which tokens count. `issuer`, `audience` and one of `jwks` and `jwksUri` must be said; everything
 * else narrows or adjusts.
 */
export interface JwtOptions {
  /** `iss`, exactly. It is the domain of whoever comes with such a token. */
  readonly issuer: string;
  /** `aud` must name one of them. */
  readonly audience: string | readonly string[];
  /** The issuer's public keys: here, or where they are published. */
  readonly jwks?: JSONWebKeySet | undefined;
  /** `https:`, or of this machine. */
  readonly jwksUri?: string | undefined;
  /** The claim that names the principal. Default `sub`. */
  readonly principalClaim?: string | undefined;
  /** Signatures that count. Default: EdDSA, ES256, ES384, PS256 and RS256. */
  readonly algorithms?: readonly string[] | undefined;
  /** Scopes (`scope`, RFC 8693 §4.2) that the token must have, all of them. */
  readonly scopes?: readonly string[] | undefined;
  /** The header's `typ`, such as `at+jwt` (RFC 9068), which no identity token has. */
  readonly typ?: string | undefined;
  /**
   * Whether the token must be bound to the key of whoever presents it (`cnf`, RFC 7800). Default
   * `false`: one that is bound must be bound to that key.
   */
  readonly bound?: boolean | undefined;
  /** Default 30,000. */
  readonly clockToleranceMs?: number | undefined;
  /** How `jwksUri` is fetched. Default: the global one. */
  readonly fetch?: Fetch | undefined;
  /** By which the keys of `jwksUri` grow old. Default: the machine's. */
  readonly clock?: Pick<Clock, "now"> | undefined;
  /** Default: the machine's calendar. */
  readonly epochMs?: EpochMs | undefined;
}

/**
 * Whoever presents a signed JSON Web Token (RFC 7519) of this issuer for this audience, with an end
 * (`exp`). What is no such token, or of another issuer, is not ours. Throws `AuthSetupError`
 * `OPTION_INVALID`; the authenticator rejects with `JWKS_UNAVAILABLE` when there are no keys.
 */
export function jwt(options: JwtOptions): Authenticator {
  const { issuer, principalClaim = "sub", epochMs = Date.now } = options;
  if (!issuer || [options.audience].flat().every((one) => !one)) {
    throw new AuthSetupError("OPTION_INVALID", "jwt() takes an issuer and an audience");
  }
  const algorithms = allowed(options.algorithms ?? ALGORITHMS);
  const keys = keysOf(options);
  return async (credential, presenter) => {
    const token = presented(credential);
    const { decodeJwt } = await import("jose");
    if (issuerOf(token, decodeJwt) !== issuer) throw new NotMine();
    const payload = await verified(token, { ...options, algorithms, keys, epochMs });
    requireBinding(payload, presenter, options.bound ?? false);
    requireScopes(payload, options.scopes ?? []);
    const principal = payload[principalClaim];
    if (typeof principal !== "string" || principal === "") {
      throw refusal("invalid", `the claim ${principalClaim} names nobody`);
    }
    // `exp` is required; what is minted with it ends when the token itself is no longer taken.
    const expiresAt = new Date((payload.exp ?? 0) * 1000 + toleranceMs(options));
    const proof = { principal, claims: payload as Claims, expiresAt };
    return accepted(proof, { domain: issuer, presenter, epochMs });
  };
}

const ALGORITHMS = ["EdDSA", "Ed25519", "ES256", "ES384", "PS256", "RS256"];

/** With a shared secret we could write tokens ourselves, and so could whoever reads our settings. */
function allowed(algorithms: readonly string[]): string[] {
  const bad = algorithms.find((name) => name === "none" || name.startsWith("HS"));
  if (bad === undefined && algorithms.length > 0) return [...algorithms];
  const message = `${bad ?? "no algorithm"} cannot prove who wrote a token: use EdDSA, ES256, …`;
  throw new AuthSetupError("OPTION_INVALID", message);
}

interface Keys {
  current(): Promise<JSONWebKeySet>;
  after(known: JSONWebKeySet): Promise<JSONWebKeySet | undefined>;
}

function keysOf({ jwks, jwksUri, fetch, clock }: JwtOptions): Keys {
  if ((jwks === undefined) === (jwksUri === undefined)) {
    throw new AuthSetupError("OPTION_INVALID", "jwt() takes either jwks or jwksUri");
  }
  if (jwksUri !== undefined) return new Jwks(jwksUri, { fetch, clock });
  const fixed = jwks ?? { keys: [] };
  return { current: () => Promise.resolve(fixed), after: () => Promise.resolve(undefined) };
}

/** Whose token it says it is, before anything is verified; `undefined` when it is none. */
function issuerOf(token: string, decode: (token: string) => JWTPayload): string | undefined {
  try {
    return decode(token).iss;
  } catch {
    return undefined;
  }
}

interface Verification extends JwtOptions {
  readonly algorithms: string[];
  readonly keys: Keys;
  readonly epochMs: EpochMs;
}

/** The claims of a token that is what it says; rejects with `AuthError` for any other. */
async function verified(token: string, options: Verification): Promise<JWTPayload> {
  const { createLocalJWKSet, errors, jwtVerify } = await import("jose");
  const { issuer, audience, algorithms, typ, keys, epochMs } = options;
  const verify = async (set: JSONWebKeySet): Promise<JWTPayload> => {
    const { payload } = await jwtVerify(token, createLocalJWKSet(set), {
      issuer,
      audience: [audience].flat(),
      algorithms,
      requiredClaims: ["exp"],
      clockTolerance: toleranceMs(options) / 1000,
      currentDate: new Date(epochMs()),
      ...(typ === undefined ? {} : { typ }),
    });
    return payload;
  };
  const known = await keys.current();
  try {
    return await verify(known);
  } catch (error) {
    const newer = error instanceof errors.JWKSNoMatchingKey ? await keys.after(known) : undefined;
    if (newer === undefined) throw refused(error, errors.JWTExpired);
    return await verify(newer).catch((again: unknown) => {
      throw refused(again, errors.JWTExpired);
    });
  }
}

function toleranceMs({ clockToleranceMs = CLOCK_TOLERANCE_MS }: JwtOptions): number {
  return clockToleranceMs;
}

/** The verifier's errors carry the claims; only its words are kept. */
function refused(error: unknown, Expired: abstract new (...args: never[]) => Error): AuthError {
  const reason: RefusalReason = error instanceof Expired ? "expired" : "invalid";
  return refusal(reason, error instanceof Error ? error.message : "not verified");
}

function requireBinding({ cnf }: JWTPayload, { peer }: Presenter, bound: boolean): void {
  const confirmation = confirmationOf(cnf, peer);
  if (confirmation === "somebody else") throw refusal("invalid", "it is bound to another key");
  if (confirmation === "none" && bound) throw refusal("invalid", "it is bound to no key");
}

function requireScopes({ scope }: JWTPayload, wanted: readonly string[]): void {
  const had = new Set(typeof scope === "string" ? scope.split(" ") : []);
  const missing = wanted.find((one) => !had.has(one));
  if (missing !== undefined) throw refusal("insufficient_scope", `it lacks the scope ${missing}`);
}
