import { expect, it } from "vitest";
import { AuthError } from "../../src/base/index.ts";
import { bearer, bearerStatic, chain, peerKeyStatic, presenting } from "../../src/auth/index.ts";
import { outcome, withKey } from "./support.ts";

const ali = bearerStatic(new Map([["sesame", "ali"]]));
const baba = bearerStatic(new Map([["alohomora", "baba"]]));

it("asks one after the other until one knows", async () => {
  expect(await outcome(chain(ali, baba), "alohomora")).toBe("bearer: baba");
});

it("refuses what is nobody's as invalid, and nothing as missing", async () => {
  expect(await outcome(chain(ali, baba), "friend")).toBe("not mine, invalid");
  expect(await outcome(chain(ali, baba), "")).toBe("not mine, missing");
  expect(await outcome(chain(ali, baba))).toBe("not mine, missing");
});

it("stops at a refusal, whoever comes behind", async () => {
  const refusing = bearer(() => {
    throw new AuthError({ reason: "expired" });
  });
  expect(await outcome(chain(refusing, ali), "sesame")).toBe("expired");
});

it("stops when one cannot judge, and does not take that for a no", async () => {
  const down = bearer(() => Promise.reject(new Error("the database is down")));
  expect(await outcome(chain(down, ali), "sesame")).toBe("Error: the database is down");
});

it("takes an expired token of the first for an end, though the second knew it", async () => {
  const old = bearerStatic(new Map([["sesame", { principal: "ali", expiresAt: new Date(0) }]]));
  expect(await outcome(chain(old, ali), "sesame")).toBe("expired");
});

it("can be a link of a chain", async () => {
  expect(await outcome(chain(chain(ali), chain(baba)), "alohomora")).toBe("bearer: baba");
});

it("knows the key of the connection where nothing is presented", async () => {
  const ada = withKey("ada");
  const keys = peerKeyStatic(new Map([[ada.peer.id!, "ada"]]));
  expect(await outcome(chain(keys, ali), "", ada)).toBe("shs: ada");
  expect(await outcome(chain(keys, ali), "sesame", withKey("bob"))).toBe("bearer: ali");
});

it("judges credentials of several parts by the part that is each one's", async () => {
  const whole = chain(
    presenting(({ pass }: { pass?: string; word?: string }) => pass, ali),
    presenting(({ word }: { pass?: string; word?: string }) => word, baba),
  );
  expect(await outcome(whole, { word: "alohomora" })).toBe("bearer: baba");
  expect(await outcome(whole, {})).toBe("not mine, invalid");
  expect(await outcome(whole)).toBe("not mine, missing");
});

it("cannot be made of nothing", () => {
  expect(() => chain()).toThrow(expect.objectContaining({ code: "CHAIN_EMPTY" }));
});
