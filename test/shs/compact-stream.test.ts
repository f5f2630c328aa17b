import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { CompactOpener, CompactSealer } from "../../src/shs/compact-stream.ts";
import { ready, type ShsErrorCode } from "../../src/shs/index.ts";
import { openAll, seal, seedOf, textOf } from "./support/pair.ts";
import { bytes, hex, readVectors } from "./support/vectors.ts";

beforeAll(ready);

const KEY = seedOf("k");
const NONCE = Buffer.alloc(24, 0xff); // wraps at once
const pair = () => ({
  sealer: new CompactSealer(KEY, NONCE),
  opener: new CompactOpener(KEY, NONCE),
});
const refusal = (code: ShsErrorCode): unknown =>
  expect.objectContaining({ name: "ShsError", code });

interface Case {
  readonly case: string;
  readonly key: string;
  readonly nonce: string;
  readonly records: readonly { readonly plaintext: string; readonly ciphertext: string }[];
}

describe("secret-handshake-cpp's compact streams", () => {
  const { compact } = readVectors("secret-handshake-cpp.json") as {
    readonly compact: readonly Case[];
  };

  it.each(compact)("$case", ({ key, nonce, records }) => {
    const sealer = new CompactSealer(bytes(key), bytes(nonce));
    const opener = new CompactOpener(bytes(key), bytes(nonce));
    expect(records.length).toBeGreaterThan(0);
    for (const { plaintext, ciphertext } of records) {
      const sealed = plaintext === "" ? sealer.ping() : seal(sealer, bytes(plaintext));
      expect(hex(sealed)).toBe(ciphertext);
      const [event] = openAll(opener, sealed);
      if (plaintext === "") expect(event).toEqual({ is: "ping" });
      else expect(event?.is === "data" && hex(event.bytes)).toBe(plaintext);
    }
  });
});

describe("compact", () => {
  it("opens what it sealed, in chunks of any size", () => {
    const chunkSize = fc.integer({ min: 1, max: 70_000 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200_000, size: "max" }), chunkSize, (data, size) => {
        const { sealer, opener } = pair();
        const wire = seal(sealer, data);
        const chunks = Array.from({ length: Math.ceil(wire.length / size) }, (_, index) =>
          wire.subarray(index * size, (index + 1) * size),
        );
        const opened = openAll(opener, ...chunks).flatMap((event) =>
          event.is === "data" ? [event.bytes] : [],
        );
        expect(Buffer.concat(opened).equals(data)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("fills frames of up to 65535 bytes", () => {
    expect(seal(pair().sealer, Buffer.alloc(65_535))).toHaveLength(65_535 + 18);
    expect(seal(pair().sealer, Buffer.alloc(65_536))).toHaveLength(65_536 + 36);
  });

  it("refuses a flip of any bit but of the length, which it can only wait for", () => {
    const wire = seal(pair().sealer, "some text");
    for (let bit = 16; bit < wire.length * 8; bit += 1) {
      const flipped = Uint8Array.from(wire);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const { opener } = pair();
      opener.push(flipped);
      expect(() => opener.next()).toThrow(refusal("RECORD_FORGED"));
    }
  });

  it("cannot tell an end from a cut at the edge of a frame, and says so", () => {
    const { sealer, opener } = pair();
    expect(opener.ending).toBe("unknown");
    const wire = seal(sealer, "text");
    for (let cut = 1; cut < wire.length; cut += 1) {
      const { opener: other } = pair();
      openAll(other, wire.subarray(0, cut));
      expect(other.ending).toBe("truncated");
    }
    expect(textOf(openAll(opener, wire))).toBe("text");
    expect(opener.ending).toBe("unknown");
  });

  it("says nothing on the wire when it ends, and nothing after", () => {
    const { sealer } = pair();
    expect(sealer.goodbye()).toHaveLength(0);
    expect(() => seal(sealer, "more")).toThrow(refusal("SEALED_AFTER_GOODBYE"));
  });
});
