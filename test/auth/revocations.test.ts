import { expect, it } from "vitest";
import { AuthContext } from "../../src/base/index.ts";
import { Revocations } from "../../src/auth/index.ts";

it("revoking takes back all that one principal holds, and nothing of another's", () => {
  const revocations = new Revocations();
  const cut: string[] = [];
  revocations.of("ada").onRevoked((why) => cut.push(`first: ${why}`));
  revocations.of("ada").onRevoked((why) => cut.push(`second: ${why}`));
  revocations.of("bob").onRevoked((why) => cut.push(`bob: ${why}`));
  expect(revocations.heldBy("ada")).toBe(2);
  expect(revocations.revoke("ada", "lost")).toBe(2);
  expect(cut).toEqual(["first: lost", "second: lost"]);
  expect(revocations.revoke("ada")).toBe(0);
  expect(revocations.heldBy("bob")).toBe(1);
});

it("whoever authenticates after a revocation starts anew", () => {
  const revocations = new Revocations();
  revocations.of("ada");
  revocations.revoke("ada");
  expect(revocations.of("ada").revoked).toBe(false);
});

it("those who hold nothing any more are forgotten, and those who do are not", () => {
  const revocations = new Revocations();
  const kept = revocations.of("kept");
  kept.onRevoked(() => {});
  const first = revocations.of("0");
  for (let index = 1; index < 5000; index++) revocations.of(String(index));
  expect(revocations.of("kept")).toBe(kept);
  expect(revocations.of("0")).not.toBe(first);
});

it("tells principals of the same name in two domains apart, and from names of one's own", () => {
  const revocations = new Revocations();
  const auth = AuthContext.of({ domain: "jwt", principal: "ada" });
  const holders = [auth, { domain: "api-key", principal: "ada" }, "ada", '["jwt","ada"]'];
  for (const holder of holders) revocations.of(holder).onRevoked(() => {});
  expect(revocations.revoke({ domain: "jwt", principal: "ada" })).toBe(1);
  expect(holders.map((holder) => revocations.heldBy(holder))).toEqual([0, 1, 1, 1]);
});
