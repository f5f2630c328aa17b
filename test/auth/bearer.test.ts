import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/base/index.ts";
import { bearer, bearerStatic, type Proof } from "../../src/auth/index.ts";
import { outcome, withKey } from "./support.ts";

describe("a bearer's token", () => {
  const tokens = bearerStatic(
    new Map<string, string | Proof>([
      ["open-sesame", "ali"],
      ["mine-alone", { principal: "ada", boundTo: withKey("ada").peer.id, domain: "cave" }],
      ["yesterday", { principal: "old", expiresAt: new Date(0) }],
    ]),
  );

  it("says who bears it", async () => {
    expect(await outcome(tokens, "open-sesame")).toBe("bearer: ali");
    expect(await outcome(tokens, "mine-alone")).toBe("cave: ada");
  });

  it("is missing when there is none", async () => {
    expect(await outcome(tokens)).toBe("not mine, missing");
    expect(await outcome(tokens, "")).toBe("not mine, missing");
  });

  it("is not ours when nobody knows it, however like a known one it is", async () => {
    for (const token of ["open-sesam", "open-sesame ", "Open-sesame", "constructor", "__proto__"]) {
      expect(await outcome(tokens, token), token).toBe("not mine, invalid");
    }
  });

  it("is of no use to another key when it is bound to one", async () => {
    expect(await outcome(tokens, "mine-alone", withKey("eve"))).toBe("invalid");
  });

  it("ends when its time is over", async () => {
    expect(await outcome(tokens, "yesterday")).toBe("expired");
  });

  it("is not even looked at when it is longer than any token", async () => {
    let asked = 0;
    const counting = bearer(() => {
      asked += 1;
      return undefined;
    });
    expect(await outcome(counting, "x".repeat(16 * 1024 + 1))).toBe("invalid");
    expect(asked).toBe(0);
    expect(await outcome(counting, "x".repeat(16 * 1024))).toBe("not mine, invalid");
  });

  it("may be refused by the user's own validation, with a reason", async () => {
    const refusing = bearer(() => {
      throw new AuthError({ reason: "insufficient_scope" });
    });
    expect(await outcome(refusing, "x")).toBe("insufficient_scope");
  });
});
