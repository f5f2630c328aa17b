import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { apiKey, type ApiKeyRecord, newApiKey } from "../../src/auth/index.ts";
import { outcome, withKey } from "./support.ts";

const NOW = Date.UTC(2026, 0, 1);

function stored(terms: Partial<ApiKeyRecord> = {}) {
  const { id, key, hash } = newApiKey();
  const asked: string[] = [];
  const store = {
    find: (wanted: string) => {
      asked.push(wanted);
      return wanted === id ? { principal: "ada", hash, ...terms } : undefined;
    },
  };
  return { id, key, hash, asked, authenticate: apiKey(store, { epochMs: () => NOW }) };
}

describe("an API key", () => {
  it("says who has it, and only its hash is stored", async () => {
    const { key, hash, authenticate } = stored();
    expect(await outcome(authenticate, key)).toBe("api-key: ada");
    const [, , secret = ""] = key.split(".");
    expect(hash).toBe(createHash("sha256").update(secret).digest("hex"));
    expect(hash).not.toContain(secret);
  });

  it("is invalid with another secret, and with an id that the store does not know", async () => {
    const { id, key, authenticate } = stored();
    const other = newApiKey().key.split(".");
    expect(await outcome(authenticate, `hfk.${id}.${other[2] ?? ""}`)).toBe("invalid");
    expect(await outcome(authenticate, newApiKey().key)).toBe("invalid");
    expect(await outcome(authenticate, key.slice(0, -1) + (key.endsWith("A") ? "B" : "A"))).toBe(
      "invalid",
    );
  });

  it("is not ours in another form, and then the store is not asked", async () => {
    const { key, asked, authenticate } = stored();
    const others = [
      `${key}x`,
      key.slice(0, -1),
      key.replace("hfk", "sk"),
      `x${key}`,
      "hfk..",
      "a.b.c",
    ];
    for (const other of [...others, `hfk.../${"a".repeat(43)}`, `${key}\n`]) {
      expect(await outcome(authenticate, other), other).toBe("not mine, invalid");
    }
    expect(asked).toEqual([]);
  });

  it("is missing when there is none", async () => {
    expect(await outcome(stored().authenticate, "")).toBe("not mine, missing");
  });

  it("ends when its record does", async () => {
    const { key, authenticate } = stored({ expiresAt: new Date(NOW) });
    expect(await outcome(authenticate, key)).toBe("expired");
    const later = stored({ expiresAt: new Date(NOW + 1) });
    expect(await outcome(later.authenticate, later.key)).toBe("api-key: ada");
  });

  it("is of no use to another key when it is bound to one", async () => {
    const { key, authenticate } = stored({ boundTo: withKey("ada").peer.id });
    expect(await outcome(authenticate, key, withKey("ada"))).toBe("api-key: ada");
    expect(await outcome(authenticate, key, withKey("eve"))).toBe("invalid");
  });

  it("is refused when what is stored is no hash", async () => {
    for (const hash of ["", "zz", "00".repeat(31)]) {
      const { key, authenticate } = stored({ hash });
      expect(await outcome(authenticate, key)).toBe("invalid");
    }
  });

  it("stops everything when the store is down", async () => {
    const down = apiKey({ find: () => Promise.reject(new Error("disk")) });
    expect(await outcome(down, newApiKey().key)).toBe("Error: disk");
  });
});
