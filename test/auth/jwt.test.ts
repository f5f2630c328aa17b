import { inspect } from "node:util";
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { chain, jwt, type JwtOptions, keyThumbprint } from "../../src/auth/index.ts";
import { AuthError, publicKeyOf, toBase64Url } from "../../src/base/index.ts";
import { HEX, outcome, withCertificate, withKey } from "./support.ts";

const NOW = Date.UTC(2026, 0, 1);
const NOW_S = NOW / 1000;
const issuer = "https://issuer.example";
const audience = "library";

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let ours: Pair;
let foreign: Pair;
let jwks: JSONWebKeySet;

beforeAll(async () => {
  ours = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  foreign = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  jwks = { keys: [{ ...(await exportJWK(ours.publicKey)), kid: "1", alg: "EdDSA" }] };
});

const GOOD = { iss: issuer, aud: audience, sub: "ada", exp: NOW_S + 3600 };

/** A token with these claims besides the good ones; an `undefined` one is left out. */
function sign(
  claims: Readonly<Record<string, unknown>> = {},
  header: object = {},
  key = ours.privateKey,
): Promise<string> {
  const all: Readonly<Record<string, unknown>> = { ...GOOD, ...claims };
  const payload = Object.entries(all).filter(([, value]) => value !== undefined);
  return new SignJWT(Object.fromEntries(payload))
    .setProtectedHeader({ alg: "EdDSA", kid: "1", ...header })
    .sign(key);
}

const verifier = (options: Partial<JwtOptions> = {}) =>
  jwt({ issuer, audience, jwks, epochMs: () => NOW, ...options });

/** The same token with something else in its header or payload, and the old signature. */
function forged(token: string, part: 0 | 1, change: object): string {
  const parts = token.split(".");
  const old = JSON.parse(Buffer.from(parts[part]!, "base64url").toString()) as object;
  parts[part] = Buffer.from(JSON.stringify({ ...old, ...change })).toString("base64url");
  return parts.join(".");
}

describe("a token", () => {
  it("says whose it is, in its issuer's domain, and until when", async () => {
    const auth = await verifier()(await sign({ role: { name: "reader" } }), withKey("ada"));
    expect(auth).toMatchObject({ domain: issuer, principal: "ada" });
    expect(auth.expiresAt?.getTime()).toBe(NOW + 3_600_000 + 30_000); // as late as it is taken
    expect(auth.claims["role"]).toEqual({ name: "reader" });
    expect(Object.isFrozen(auth.claims["role"])).toBe(true);
  });

  it("may name the principal by another claim, which must be there", async () => {
    const byMail = verifier({ principalClaim: "email" });
    expect(await outcome(byMail, await sign({ email: "a@x" }))).toBe(`${issuer}: a@x`);
    for (const email of [undefined, "", 7, ["a@x"], null]) {
      expect(await outcome(byMail, await sign({ email }))).toBe("invalid");
    }
  });

  it("is not ours when it is none, or another issuer's", async () => {
    const other = await sign({ iss: "https://other.example" });
    for (const text of ["hfk.a.b", "a.b.c", "....", "x", other, await sign({ iss: undefined })]) {
      expect(await outcome(verifier(), text), text).toBe("not mine, invalid");
    }
    expect(await outcome(verifier(), "")).toBe("not mine, missing");
    const second = jwt({
      ...{ audience, jwks },
      issuer: "https://other.example",
      epochMs: () => NOW,
    });
    expect(await outcome(chain(verifier(), second), other)).toBe("https://other.example: ada");
  });

  it.each<[string, () => Promise<string>, string]>([
    ["another key signed it", () => sign({}, {}, foreign.privateKey), "invalid"],
    ["its key is unknown", () => sign({}, { kid: "2" }), "invalid"],
    ["it is for another audience", () => sign({ aud: "bank" }), "invalid"],
    ["it is for nobody", () => sign({ aud: undefined }), "invalid"],
    ["it never ends", () => sign({ exp: undefined }), "invalid"],
    ["its end is no number", () => sign({ exp: "later" }), "invalid"],
    ["it has ended", () => sign({ exp: NOW_S - 31 }), "expired"],
    ["it has not begun", () => sign({ nbf: NOW_S + 31 }), "invalid"],
    ["it demands what we do not know", forgedCrit, "invalid"],
    ["its payload was changed", async () => forged(await sign(), 1, { sub: "root" }), "invalid"],
    [
      "it says that nobody signed it",
      async () => forged(await sign(), 0, { alg: "none" }),
      "invalid",
    ],
    [
      "nobody signed it",
      async () => forged(await sign(), 0, { alg: "none" }).replace(/[^.]*$/, ""),
      "invalid",
    ],
    [
      "its key is used as a secret",
      () => sign({}, {}).then((token) => forged(token, 0, { alg: "HS256" })),
      "invalid",
    ],
  ])("is refused when %s", async (_, token, reason) => {
    expect(await outcome(verifier(), await token())).toBe(reason);
  });

  it("may be as late as the calendars may differ", async () => {
    expect(await outcome(verifier(), await sign({ exp: NOW_S - 29 }))).toBe(`${issuer}: ada`);
    const strict = verifier({ clockToleranceMs: 0 });
    expect(await outcome(strict, await sign({ exp: NOW_S - 1 }))).toBe("expired");
  });

  it("must have every scope that is asked for", async () => {
    const reader = verifier({ scopes: ["read", "borrow"] });
    expect(await outcome(reader, await sign({ scope: "borrow x read" }))).toBe(`${issuer}: ada`);
    for (const scope of [undefined, "", "read", "readborrow", ["read", "borrow"]]) {
      expect(await outcome(reader, await sign({ scope }))).toBe("insufficient_scope");
    }
  });

  it("must be of the type that is asked for", async () => {
    const access = verifier({ typ: "at+jwt" });
    expect(await outcome(access, await sign({}, { typ: "at+jwt" }))).toBe(`${issuer}: ada`);
    expect(await outcome(access, await sign({}, { typ: "JWT" }))).toBe("invalid");
  });

  it("with an algorithm that is not on the list is refused", async () => {
    expect(await outcome(verifier({ algorithms: ["ES256"] }), await sign())).toBe("invalid");
  });

  it("leaves neither itself nor its claims in the error for the log", async () => {
    const token = await sign({ exp: NOW_S - 3600, phone: "555-0123" });
    const error: unknown = await verifier()(token, withKey("ada")).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(AuthError);
    const shown = inspect(error, { depth: 10, showHidden: true });
    expect(shown).toContain("exp");
    expect(shown).not.toContain("555-0123");
    expect(shown).not.toContain(token);
  });
});

/** `jose` does not sign such a header, so it is written over another. */
async function forgedCrit(): Promise<string> {
  return forged(await sign(), 0, { crit: ["x"], x: 1 });
}

describe("a token that is bound to a key", () => {
  const ada = withKey("ada");
  const publicKey = publicKeyOf(ada.peer.id!)!;
  const x = toBase64Url(publicKey);

  it("is of use to the one who holds it, and to nobody else", async () => {
    for (const cnf of [
      { jkt: keyThumbprint(publicKey) },
      { jwk: { kty: "OKP", crv: "Ed25519", x } },
    ]) {
      const token = await sign({ cnf });
      expect(await outcome(verifier(), token, ada)).toBe(`${issuer}: ada`);
      expect(await outcome(verifier(), token, withKey("eve"))).toBe("invalid");
      expect(await outcome(verifier(), token, withCertificate())).toBe("invalid");
    }
  });

  it("may be bound to a certificate", async () => {
    const token = await sign({ cnf: { "x5t#S256": toBase64Url(Buffer.from(HEX, "hex")) } });
    expect(await outcome(verifier(), token, withCertificate())).toBe(`${issuer}: ada`);
    expect(await outcome(verifier(), token, ada)).toBe("invalid");
  });

  it.each([
    [{}],
    [null],
    ["jkt"],
    [{ kid: "1" }],
    [{ jkt: keyThumbprint(publicKey), kid: "1" }],
    [{ jwk: { kty: "EC", crv: "Ed25519", x } }],
    [{ jwk: null }],
    [{ jwk: x }],
  ])("in a way that we cannot read, %j, is refused", async (cnf) => {
    expect(await outcome(verifier(), await sign({ cnf }), ada)).toBe("invalid");
  });

  it("is the only one that counts, when that is asked for", async () => {
    const bound = verifier({ bound: true });
    expect(await outcome(bound, await sign(), ada)).toBe("invalid");
    const token = await sign({ cnf: { jkt: keyThumbprint(publicKey) } });
    expect(await outcome(bound, token, ada)).toBe(`${issuer}: ada`);
  });

  it("has the thumbprint of RFC 8037, appendix A.3", () => {
    const example = Buffer.from("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "base64url");
    expect(keyThumbprint(example)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });
});

describe("a verifier", () => {
  it.each([["none"], ["HS256"]])("is not made for the algorithm %s", (algorithm) => {
    const make = () => verifier({ algorithms: ["EdDSA", algorithm] });
    expect(make).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  it("is not made without algorithms, without keys, or with keys from two places", () => {
    for (const options of [
      { issuer: "" },
      { audience: [] },
      { algorithms: [] },
      { jwks: undefined },
      { jwksUri: "https://issuer.example/jwks" },
    ]) {
      const make = () => verifier(options);
      expect(make).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
    }
  });
});
