import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { ByteQueue } from "../../src/base/index.ts";
import { ready } from "../../src/shs/index.ts";
import { BoxStreamOpener, BoxStreamSealer } from "../../src/shs/box-stream.ts";
import { openAll, seal, seedOf, textOf } from "./support/pair.ts";
import { bytes, hex, readVectors } from "./support/vectors.ts";

type Write = string | { readonly len: number; readonly s: number };
interface Case {
  readonly nonce_case: string;
  readonly stream_case: string;
  readonly key: string;
  readonly nonce: string;
  readonly writes: readonly Write[];
  readonly wire_length: number;
  readonly wire_sha256: string;
  readonly goodbye: string;
}

beforeAll(ready);

const KEY = seedOf("k");
const NONCE = Buffer.alloc(24, 7);
const pair = () => ({
  sealer: new BoxStreamSealer(KEY, NONCE),
  opener: new BoxStreamOpener(KEY, NONCE),
});

function writeOf(write: Write): Uint8Array {
  if (typeof write === "string") return bytes(write);
  return Uint8Array.from({ length: write.len }, (_, i) => (i * 31 + write.s * 17 + 7) & 255);
}

describe("pull-box-stream's cases", () => {
  const { cases } = readVectors("pull-box-stream-vectors.json") as {
    readonly cases: readonly Case[];
  };

  it.each(cases)("$stream_case, nonce $nonce_case", (vector) => {
    const { key, nonce, writes } = vector;
    const sealer = new BoxStreamSealer(bytes(key), bytes(nonce));
    const data = writes.map(writeOf);
    const records = data.flatMap((write) => seal(sealer, write)); // its writer seals write by write
    const goodbye = sealer.goodbye();
    const wire = Buffer.concat([...records, goodbye]);
    expect(hex(goodbye)).toBe(vector.goodbye);
    expect(wire.length).toBe(vector.wire_length);
    expect(createHash("sha256").update(wire).digest("hex")).toBe(vector.wire_sha256);

    const opener = new BoxStreamOpener(bytes(key), bytes(nonce));
    const events = openAll(opener, wire);
    expect(events.at(-1)).toEqual({ is: "goodbye" });
    const opened = events.flatMap((event) => (event.is === "data" ? [event.bytes] : []));
    expect(hex(opened)).toBe(hex(data));
  });
});

describe("box-stream", () => {
  it("opens what it sealed, whatever the writes and the cuts", () => {
    const writes = fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 6 });
    fc.assert(
      fc.property(writes, fc.array(fc.integer({ min: 1, max: 5000 })), (parts, cuts) => {
        const { sealer, opener } = pair();
        const wire = new ByteQueue();
        wire.push(seal(sealer, ...parts));
        wire.push(sealer.goodbye());
        const chunks = cuts.map((cut) => wire.take(Math.min(cut, wire.length)));
        const events = openAll(opener, ...chunks, wire.take(wire.length));
        const data = events.flatMap((event) => (event.is === "data" ? [event.bytes] : []));
        expect(Buffer.concat(data)).toEqual(Buffer.concat(parts));
        expect(opener.ending).toBe("goodbye");
      }),
      { numRuns: 50 },
    );
  });

  it("carries megabytes", () => {
    const { sealer, opener } = pair();
    const data = Buffer.alloc(3_000_000, "handfast");
    const events = openAll(opener, seal(sealer, data));
    expect(events).toHaveLength(1);
    expect(textOf(events) === data.toString()).toBe(true);
  });

  it("gives the same bytes whole and one by one", () => {
    const { sealer, opener } = pair();
    const wire = Buffer.concat([seal(sealer, "first"), seal(sealer, "second"), sealer.goodbye()]);
    const events = openAll(opener, ...[...wire].map((byte) => Uint8Array.of(byte)));
    expect(textOf(events)).toBe("firstsecond");
    expect(events.at(-1)).toEqual({ is: "goodbye" });
  });

  it("seals nothing for an empty write", () => {
    expect(seal(pair().sealer, "")).toHaveLength(0);
  });

  it("knows a cut from a goodbye at every offset", () => {
    const { sealer } = pair();
    const wire = Buffer.concat([seal(sealer, "first"), seal(sealer, "second"), sealer.goodbye()]);
    for (let cut = 0; cut < wire.length; cut += 1) {
      const { opener } = pair();
      openAll(opener, wire.subarray(0, cut));
      expect(opener.ending).toBe("truncated");
    }
  });

  it("delivers what came before a forged record, then refuses for good", () => {
    const { sealer, opener } = pair();
    const wire = Buffer.concat([seal(sealer, "good"), seal(sealer, "bad")]);
    wire[wire.length - 1]! ^= 1;
    opener.push(wire);
    expect(textOf([opener.next()!])).toBe("good");
    expect(() => opener.next()).toThrow(expect.objectContaining({ code: "RECORD_FORGED" }));
    opener.push(wire);
    expect(() => opener.next()).toThrow(expect.objectContaining({ code: "RECORD_FORGED" }));
  });

  it("refuses a flip of any bit of a record", () => {
    const wire = seal(pair().sealer, "some text");
    for (let bit = 0; bit < wire.length * 8; bit += 1) {
      const flipped = Uint8Array.from(wire);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const { opener } = pair();
      opener.push(flipped);
      expect(() => opener.next()).toThrow(expect.objectContaining({ code: "RECORD_FORGED" }));
    }
  });

  it("never delivers bytes that follow the goodbye", () => {
    const { sealer, opener } = pair();
    opener.push(Buffer.concat([seal(sealer, "end"), sealer.goodbye(), Buffer.from("junk")]));
    expect(textOf([opener.next()!])).toBe("end");
    expect(opener.next()).toEqual({ is: "goodbye" });
    expect(() => opener.next()).toThrow(expect.objectContaining({ code: "AFTER_GOODBYE" }));
  });

  it("sends nothing after its own goodbye", () => {
    const { sealer } = pair();
    sealer.goodbye();
    const refusal: unknown = expect.objectContaining({
      code: "SEALED_AFTER_GOODBYE",
      blame: "caller",
    });
    expect(() => seal(sealer, "more")).toThrow(refusal);
    expect(() => sealer.goodbye()).toThrow(refusal);
  });

  it("tells whether a record is half there", () => {
    const { sealer, opener } = pair();
    const wire = seal(sealer, "text");
    expect(opener.midRecord).toBe(false);
    openAll(opener, wire.subarray(0, 34));
    expect(opener.midRecord).toBe(true);
    openAll(opener, wire.subarray(34));
    expect(opener.midRecord).toBe(false);
  });
});
