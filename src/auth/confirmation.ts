import { createHash } from "node:crypto";
import { type AnonymousPeer, fromHex, type Peer, publicKeyOf, toBase64Url } from "../base/index.ts";

/** What a token says about whose it is. */
export type Confirmation = "none" | "this peer" | "somebody else";

/**
 * Reads the claim `cnf` (RFC 7800): `jkt`, the SHA-256 thumbprint of a key (RFC 7638; RFC 8037 for
 * Ed25519), or `jwk`, the key itself, against an SHS peer; `x5t#S256` (RFC 8705) against a
 * certificate. All that it names must be the peer's; what we cannot read confirms somebody else.
 */
export function confirmationOf(cnf: unknown, { id }: Peer | AnonymousPeer): Confirmation {
  if (cnf === undefined) return "none";
  if (typeof cnf !== "object" || cnf === null || id === undefined) return "somebody else";
  const entries = Object.entries(cnf);
  const publicKey = publicKeyOf(id);
  const confirms = ([member, value]: [string, unknown]): boolean => {
    if (publicKey === undefined) {
      return member === "x5t#S256" && value === fingerprintOf(id);
    }
    if (member === "jkt") return value === keyThumbprint(publicKey);
    return member === "jwk" && isKey(value, publicKey);
  };
  return entries.length > 0 && entries.every(confirms) ? "this peer" : "somebody else";
}

/** The RFC 7638 thumbprint of an Ed25519 public key of 32 bytes: what an issuer puts into `jkt`. */
export function keyThumbprint(publicKey: Uint8Array): string {
  const jwk = `{"crv":"Ed25519","kty":"OKP","x":"${toBase64Url(publicKey)}"}`;
  return createHash("sha256").update(jwk).digest("base64url");
}

function fingerprintOf(id: string): string | undefined {
  const bytes = fromHex(id.slice(id.indexOf(":") + 1));
  return bytes === undefined ? undefined : toBase64Url(bytes);
}

function isKey(jwk: unknown, publicKey: Uint8Array): boolean {
  const { kty, crv, x } = Object(jwk) as Readonly<Record<string, unknown>>; // nothing has no members
  return kty === "OKP" && crv === "Ed25519" && x === toBase64Url(publicKey);
}
