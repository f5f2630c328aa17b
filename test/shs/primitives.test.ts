import { hkdfSync } from "node:crypto";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { requireSodiumNative } from "../../src/shs/native-sodium.ts";
import { choose, generateSeed, hkdfExpand32, hkdfExtract } from "../../src/shs/primitives.ts";

describe.each([["sodium-native", requireSodiumNative] as const, ["none", undefined] as const])(
  "with %s",
  (_name, load) => {
    afterAll(() => choose(requireSodiumNative));

    it("HKDF gives what node:crypto's gives", async () => {
      await choose(load);
      const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
      const bytes = fc.uint8Array({ maxLength: 200 });
      fc.assert(
        fc.property(key, bytes, bytes, bytes, (salt, secret, head, tail) => {
          const info = Buffer.concat([head, tail]);
          const expected = new Uint8Array(hkdfSync("sha256", secret, salt, info, 32));
          expect(hkdfExpand32(hkdfExtract(salt, secret), head, tail)).toEqual(expected);
        }),
        { numRuns: 50 },
      );
    });

    it("no two seeds are alike", async () => {
      await choose(load);
      const seeds = new Set(Array.from({ length: 100 }, () => generateSeed().join()));
      expect(seeds.size).toBe(100);
    });
  },
);
