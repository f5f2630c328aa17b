import { createHmac, timingSafeEqual } from "node:crypto";
import { expect, it } from "vitest";
import { macaroon, type MacaroonLibrary } from "../../src/auth/index.ts";
import { outcome, withKey } from "./support.ts";

const NOW = Date.UTC(2026, 0, 1);
const mac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** The chain of MACs that a macaroon is, and no more: `m:<identifier>|<caveat>|…|<mac>`. */
function bake(identifier: string, ...caveats: readonly string[]): string {
  const signature = caveats.reduce(mac, mac("root", identifier));
  return `m:${[identifier, ...caveats, signature.toString("hex")].join("|")}`;
}

const library: MacaroonLibrary = {
  verify(token, check) {
    if (!token.startsWith("m:")) return undefined;
    const [identifier = "", ...rest] = token.slice(2).split("|");
    const signature = Buffer.from(rest.pop() ?? "", "hex");
    const expected = rest.reduce(mac, mac("root", identifier));
    if (signature.length !== 32 || !timingSafeEqual(signature, expected)) {
      throw new Error("a secret of the verifier's");
    }
    for (const caveat of rest) check(caveat);
    return { identifier };
  },
};

const authenticate = macaroon({
  library,
  principalOf: (identifier) => (identifier === "ada's" ? "ada" : undefined),
  caveats: { shelf: (value) => value === "poetry" },
  epochMs: () => NOW,
});

it("a macaroon whose caveats hold says whose it is, and when it ends", async () => {
  const token = bake("ada's", "expires = 2027-01-01", "shelf = poetry", "expires = 2026-06-01");
  expect(await outcome(authenticate, token)).toBe("macaroon: ada");
  const { expiresAt } = await authenticate(token, withKey("ada"));
  expect(expiresAt).toEqual(new Date("2026-06-01"));
});

it.each([
  ["its signature is another's", bake("ada's").replace("ada", "eve"), "invalid"],
  [
    "a caveat was taken off",
    bake("ada's", "shelf = prose").replace("|shelf = prose", ""),
    "invalid",
  ],
  ["its time is over", bake("ada's", "expires = 2026-01-01"), "expired"],
  ["its end is no date", bake("ada's", "expires = never"), "expired"],
  [
    "a caveat of the application's does not hold",
    bake("ada's", "shelf = prose"),
    "insufficient_scope",
  ],
  ["a caveat is unknown", bake("ada's", "colour = red"), "insufficient_scope"],
  [
    "a caveat is named as what every object has",
    bake("ada's", "constructor = 1"),
    "insufficient_scope",
  ],
  ["a caveat cannot be read", bake("ada's", "?"), "insufficient_scope"],
  ["nobody has such a one", bake("nobody's"), "invalid"],
  [
    "it is bound to another key",
    bake("ada's", `peer = ${withKey("eve").peer.id ?? ""}`),
    "invalid",
  ],
  ["it is none", "hfk.x.y", "not mine, invalid"],
  ["there is none", "", "not mine, missing"],
])("a macaroon is refused when %s", async (_, token, reason) => {
  expect(await outcome(authenticate, token)).toBe(reason);
});

it("a macaroon bound to a key is its holder's", async () => {
  const token = bake("ada's", `peer = ${withKey("ada").peer.id ?? ""}`);
  expect(await outcome(authenticate, token, withKey("ada"))).toBe("macaroon: ada");
});

it("a library that swallows what the check says is not believed", async () => {
  const lax: MacaroonLibrary = {
    verify(_, check) {
      try {
        check("shelf = prose");
      } catch {
        // and goes on
      }
      return { identifier: "ada's" };
    },
  };
  const trusting = macaroon({ library: lax, principalOf: () => "ada" });
  expect(await outcome(trusting, "m:x")).toBe("insufficient_scope");
});
