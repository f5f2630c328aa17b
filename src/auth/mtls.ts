import { type AnonymousPeer, type Peer } from "../base/index.ts";
import {
  accepted,
  type Authenticator,
  type EpochMs,
  NotMine,
  type Proof,
  refusal,
  type Validate,
} from "./authenticator.ts";
import { proofOf } from "./bearer.ts";
import { AuthSetupError } from "./error.ts";

/**
 * A certificate whose secret the peer holds. The fingerprint is proven; the rest is what it says of
 * itself, and no authority was asked.
 */
export interface PeerCertificate {
  /** SHA-256, 64 lower-case hexadecimal digits. */
  readonly fingerprint: string;
  readonly subject: string | undefined;
  readonly serialNumber: string | undefined;
  readonly validFrom: Date | undefined;
  readonly validTo: Date | undefined;
}

/** By which calendar certificates end. */
export interface MtlsOptions {
  /** Default: the machine's calendar. */
  readonly epochMs?: EpochMs | undefined;
}

/**
 * Whoever holds a certificate that `validate` knows, while the certificate is valid by its own word;
 * what is minted with the result ends with it. Its domain is `mtls`.
 */
export function mtls(
  validate: Validate<PeerCertificate>,
  { epochMs = Date.now }: MtlsOptions = {},
): Authenticator<unknown> {
  return async (_, presenter) => {
    const certificate = certificateOf(presenter.peer);
    if (certificate === undefined) throw new NotMine("missing");
    const proof = await validate(certificate, presenter);
    if (proof === undefined) throw new NotMine();
    const { validFrom, validTo } = certificate;
    if (validFrom !== undefined && !(validFrom.getTime() <= epochMs())) {
      throw refusal("invalid", "the certificate is not valid yet");
    }
    const expiresAt = earlier(proof.expiresAt, validTo);
    return accepted({ ...proof, expiresAt }, { domain: "mtls", presenter, epochMs });
  };
}

/**
 * Whoever holds one of these certificates, by SHA-256 fingerprint (hexadecimal, with or without
 * colons): the principal, or a proof. Throws `AuthSetupError` `OPTION_INVALID`.
 */
export function mtlsFingerprint(
  certificates: ReadonlyMap<string, string | Proof>,
  options?: MtlsOptions,
): Authenticator<unknown> {
  const known = new Map<string, Proof>();
  for (const [fingerprint, of] of certificates) known.set(canonical(fingerprint), proofOf(of));
  return mtls(({ fingerprint }) => known.get(fingerprint), options);
}

/**
 * Whoever's certificate has a subject that `allow` allows; the subject is the principal, and any other
 * is refused as `unauthorized`. Anybody can write any subject into a certificate, so `vouchedFor`
 * must say for which certificates somebody has checked it; the rest are not ours.
 */
export function mtlsSubject(
  allow: (subject: string) => boolean | PromiseLike<boolean>,
  vouchedFor: (certificate: PeerCertificate) => boolean | PromiseLike<boolean>,
  options?: MtlsOptions,
): Authenticator<unknown> {
  return mtls(async (certificate) => {
    const { subject, serialNumber } = certificate;
    const vouched: unknown = subject === undefined ? false : await vouchedFor(certificate);
    if (subject === undefined || vouched !== true) return undefined; // from JavaScript, anything
    const allowed: unknown = await allow(subject);
    if (allowed !== true) throw refusal("unauthorized", "the subject is not allowed");
    return { principal: subject, claims: { subject, serialNumber } };
  }, options);
}

function certificateOf({
  id,
  transport,
  claims,
}: Peer | AnonymousPeer): PeerCertificate | undefined {
  if (id === undefined || transport !== "mtls") return undefined;
  return {
    fingerprint: id.slice(PREFIX.length),
    subject: textIn(claims?.["subject"]),
    serialNumber: textIn(claims?.["serialNumber"]),
    validFrom: dateIn(claims?.["validFrom"]),
    validTo: dateIn(claims?.["validTo"]),
  };
}

const PREFIX = "mtls-sha256:";

function textIn(claim: unknown): string | undefined {
  return typeof claim === "string" ? claim : undefined;
}

function dateIn(claim: unknown): Date | undefined {
  return typeof claim === "string" ? new Date(claim) : undefined;
}

function earlier(left: Date | undefined, right: Date | undefined): Date | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left < right ? left : right;
}

function canonical(fingerprint: string): string {
  const hex = fingerprint.replaceAll(":", "").toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  throw new AuthSetupError("OPTION_INVALID", "a SHA-256 fingerprint has 64 hexadecimal digits");
}
