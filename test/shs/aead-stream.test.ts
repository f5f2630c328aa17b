import fc from "fast-check";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { ByteQueue } from "../../src/base/index.ts";
import { AeadOpener, AeadSealer, RECORDS_PER_KEY } from "../../src/shs/aead-stream.ts";
import { KeyPair, ready, type ShsErrorCode } from "../../src/shs/index.ts";
import { recordCipher, sealLarge } from "../../src/shs/primitives.ts";
import { NETWORK, openAll, seal, seedOf, shakeHands, textOf } from "./support/pair.ts";
import { decode } from "./support/second-decoder.ts";
import { bytes, hex, readVectors } from "./support/vectors.ts";

beforeAll(ready);

const KEY = seedOf("k");
const pair = (counter = 0) => ({
  sealer: new AeadSealer(KEY, counter),
  opener: new AeadOpener(KEY, counter),
});
const refusal = (code: ShsErrorCode): unknown =>
  expect.objectContaining({ name: "ShsError", code });

/** A record with any plaintext, well sealed: what only a peer that breaks the rules sends. */
function forge(plaintext: Uint8Array, counter = 0, key = KEY): Uint8Array {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(plaintext.length);
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32LE(counter, 4);
  const { pieces, tag } = sealLarge([plaintext], key, nonce, header);
  return Buffer.concat([header, ...pieces, tag]);
}

interface Vector {
  readonly network: string;
  readonly client_seed: string;
  readonly server_seed: string;
  readonly client_ephemeral_secret: string;
  readonly server_ephemeral_secret: string;
  readonly client_public: string;
  readonly server_public: string;
  readonly messages: readonly string[];
  readonly channel_binding: string;
  readonly c2s: string;
  readonly s2c: string;
  readonly c2s_records: readonly string[];
  readonly s2c_records: readonly string[];
}

describe("aead64k's vectors", () => {
  const { sessions } = readVectors("aead64k.json") as { readonly sessions: readonly Vector[] };

  it.each(sessions)("are read by a decoder that shares no code, under $network", (vector) => {
    const decoded = decode(
      {
        network: bytes(vector.network),
        clientSeed: bytes(vector.client_seed),
        clientEphemeral: bytes(vector.client_ephemeral_secret),
        clientPublic: bytes(vector.client_public),
        serverPublic: bytes(vector.server_public),
      },
      { messages: vector.messages.map(bytes), c2s: bytes(vector.c2s), s2c: bytes(vector.s2c) },
    );
    expect(decoded.c2s).toEqual(vector.c2s_records);
    expect(decoded.s2c).toEqual(vector.s2c_records);
    expect(hex(decoded.channelBinding)).toBe(vector.channel_binding);
  });
});

describe("aead64k", () => {
  it("is what a decoder that shares no code reads, small and large, rekey and all", () => {
    const { client, server, messages } = shakeHands({ suite: "aead64k" });
    const large = "L".repeat(70_000);
    const { sealer } = client;
    if (!(sealer instanceof AeadSealer)) throw new Error("not aead64k");
    const c2s = [
      seal(sealer, "small"),
      sealer.ping(),
      sealer.rekey(),
      seal(sealer, large),
      sealer.closeReason({ code: 0x1234, text: "bye" }),
      sealer.goodbye(),
    ];
    const s2c = [seal(server.sealer, "answer"), server.sealer.pong()!, server.sealer.goodbye()];
    const [A, B] = [KeyPair.fromSeed(seedOf("A")), KeyPair.fromSeed(seedOf("B"))];
    const decoded = decode(
      {
        network: NETWORK,
        clientSeed: seedOf("A"),
        clientEphemeral: seedOf("a"),
        clientPublic: A.publicKey,
        serverPublic: B.publicKey,
      },
      { messages, c2s: Buffer.concat(c2s), s2c: Buffer.concat(s2c) },
    );
    expect(decoded.c2s).toEqual([
      "0:small",
      "2:",
      "5:",
      `0:${large.slice(0, 65_536)}`,
      `0:${large.slice(65_536)}`,
      "4:\x12\x34bye",
      "1:",
    ]);
    expect(decoded.s2c).toEqual(["0:answer", "3:", "1:"]);
    expect(hex(decoded.channelBinding)).toBe(hex(client.channelBinding));

    const events = openAll(server.opener, Buffer.concat(c2s));
    expect(textOf(events)).toBe(`small${large}`);
    expect(events.map(({ is }) => is)).toEqual([
      "data",
      "ping",
      "rekey",
      "data",
      "close-reason",
      "goodbye",
    ]);
    expect(openAll(client.opener, Buffer.concat(s2c)).at(-1)).toEqual({ is: "goodbye" });
  });

  it("opens what it sealed, whatever the writes and the cuts", () => {
    const writes = fc.array(fc.uint8Array({ maxLength: 9000, size: "max" }), { maxLength: 6 });
    fc.assert(
      fc.property(writes, fc.array(fc.integer({ min: 1, max: 5000 })), (parts, cuts) => {
        const { sealer, opener } = pair();
        const wire = new ByteQueue();
        for (const part of parts) wire.push(seal(sealer, part));
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

  it.each([1, 5118, 5119, 5120, 5121, 65_535, 65_536])(
    "seals a write of %i bytes as one record of 21 bytes more",
    (length) => {
      const { sealer, opener } = pair();
      const wire = seal(sealer, Buffer.alloc(length, 5));
      expect(wire).toHaveLength(length + 21);
      expect(textOf(openAll(opener, wire))).toHaveLength(length);
    },
  );

  it("gives the same bytes by libsodium and by node:crypto", () => {
    const [nonce, ad] = [Buffer.alloc(12, 1), Buffer.alloc(4, 2)];
    const { pieces, tag } = sealLarge([Buffer.from("same text")], KEY, nonce, ad);
    const [text, swiftTag] = [Buffer.from("same text"), Buffer.alloc(16)];
    recordCipher().sealChaCha(text, swiftTag, text, nonce, KEY, ad);
    expect(hex([text, swiftTag])).toBe(hex([...pieces, tag]));
  });

  it("is read byte by byte like whole", () => {
    const { sealer, opener } = pair();
    const wire = Buffer.concat([seal(sealer, "one"), sealer.ping(), seal(sealer, "two")]);
    const events = openAll(opener, ...[...wire].map((byte) => Uint8Array.of(byte)));
    expect(events.map(({ is }) => is)).toEqual(["data", "ping", "data"]);
    expect(textOf(events)).toBe("onetwo");
  });

  it("refuses a flip of any bit of a record, small or large", () => {
    for (const length of [5, 6000]) {
      const wire = seal(pair().sealer, Buffer.alloc(length));
      const step = length > 100 ? 97 : 1;
      for (let bit = 0; bit < wire.length * 8; bit += step) {
        const flipped = Uint8Array.from(wire);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const { opener } = pair();
        opener.push(flipped);
        let event: unknown;
        try {
          event = opener.next(); // a longer length may still wait for bytes
        } catch (error) {
          expect(error).toMatchObject({ name: "ShsError" });
        }
        expect(event).toBeUndefined();
      }
    }
  });

  it.each([
    ["no bytes", 0],
    ["one byte too many", 65_538],
    ["the sign bit", 0x80000001],
    ["all ones", 0xffffffff],
  ])("refuses a length of %s at once", (_, length) => {
    const { opener } = pair();
    const header = Buffer.alloc(4);
    header.writeUInt32BE(length);
    opener.push(header);
    expect(() => opener.next()).toThrow(refusal("RECORD_LENGTH"));
  });

  it.each([
    ["data without data", [0], "RECORD_EMPTY"],
    ["an unknown type", [6], "RECORD_TYPE"],
    ["a ping that carries something", [9, 2], "RECORD_LENGTH"],
    ["a goodbye that carries something", [9, 1], "RECORD_LENGTH"],
    ["a reason without a code", [1, 4], "RECORD_LENGTH"],
    ["a reason that is too long", [...Array.from({ length: 259 }, () => 65), 4], "RECORD_LENGTH"],
  ] as const)("refuses %s", (_, plaintext, code) => {
    const { opener } = pair();
    opener.push(forge(Uint8Array.from(plaintext)));
    expect(() => opener.next()).toThrow(refusal(code));
  });

  it("refuses a large record of any type but data", () => {
    const { opener } = pair();
    const plaintext = Buffer.alloc(5000);
    plaintext[4999] = 2;
    opener.push(forge(plaintext));
    expect(() => opener.next()).toThrow(refusal("RECORD_LENGTH"));
  });

  it("lets only a goodbye follow a close reason", () => {
    const { sealer, opener } = pair();
    openAll(opener, sealer.closeReason({ code: 1, text: "" }));
    opener.push(forge(Uint8Array.of(65, 0), 1));
    expect(() => opener.next()).toThrow(refusal("RECORD_TYPE"));
    expect(() => seal(sealer, "more")).toThrow(refusal("SEALED_AFTER_GOODBYE"));
    sealer.goodbye();
  });

  it("cuts a reason that is too long between two characters", () => {
    const { sealer, opener } = pair();
    const [event] = openAll(opener, sealer.closeReason({ code: 7, text: "é".repeat(200) + "x" }));
    expect(event).toEqual({ is: "close-reason", reason: { code: 7, text: "é".repeat(128) } });
  });

  it("changes its key before the last record it may seal with it", () => {
    const { sealer, opener } = pair(RECORDS_PER_KEY - 2);
    const wire = Buffer.concat([seal(sealer, "last but one"), seal(sealer, ", and on")]);
    expect(textOf(openAll(opener, wire))).toBe("last but one, and on");
    expect(textOf(openAll(opener, seal(sealer, "!")))).toBe("!");
    const late = pair(RECORDS_PER_KEY - 1);
    expect(openAll(late.opener, late.sealer.ping(), late.sealer.goodbye())).toEqual([
      { is: "rekey" },
      { is: "ping" },
      { is: "goodbye" },
    ]);
  });

  it("wipes the key that it changes, at both ends", () => {
    const sealing = vi.spyOn(recordCipher(), "sealChaCha");
    const opening = vi.spyOn(recordCipher(), "openChaCha");
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const { sealer, opener } = pair();
    openAll(opener, seal(sealer, "first"), sealer.rekey(), seal(sealer, "second"));
    for (const { calls } of [sealing.mock, opening.mock]) {
      const keys = calls.map(([, , , , key]) => key);
      expect(keys.map((key) => key.every((byte) => byte === 0))).toEqual([true, true, false]);
      expect(keys[0]).toBe(keys[1]);
    }
    expect(KEY).toEqual(seedOf("k")); // not ours to wipe
  });

  it("refuses a peer that does not change its key in time", () => {
    const { opener } = pair(RECORDS_PER_KEY - 1);
    opener.push(forge(Uint8Array.of(65, 0), RECORDS_PER_KEY - 1));
    expect(() => opener.next()).toThrow(refusal("RECORD_LIMIT"));
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

  it("reads anything without any error but its own", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const { opener } = pair();
        try {
          expect(openAll(opener, ...chunks)).toEqual([]);
        } catch (error) {
          expect(error).toMatchObject({ name: "ShsError" });
        }
      }),
    );
  });
});
