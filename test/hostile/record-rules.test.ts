import { beforeAll, describe, expect, it } from "vitest";
import { ready } from "../../src/shs/index.ts";
import { AeadOpener, AeadSealer } from "../../src/shs/aead-stream.ts";
import { BoxStreamOpener, BoxStreamSealer } from "../../src/shs/box-stream.ts";
import { CompactOpener, CompactSealer } from "../../src/shs/compact-stream.ts";
import { recordCipher } from "../../src/shs/primitives.ts";
import { dialServer } from "../net/support/listening.ts";
import { openAll, seedOf, shakeHands, textOf } from "../shs/support/pair.ts";
import { seal } from "./support/attacker.ts";
import { ends } from "./support/ends.ts";
import { unharmed, unharmedBy } from "./support/unharmed.ts";

beforeAll(ready);

const SUITES = ["aead64k", "box-stream", "compact"] as const;
const KEY = seedOf("k");
const NONCE = Buffer.alloc(24, 9);

/** A box-stream record with any header, sealed with the right key. */
function forgeBoxHeader(nonce: Uint8Array, length: number): Uint8Array {
  const header = new Uint8Array(34);
  const text = header.subarray(16);
  new DataView(header.buffer).setUint16(16, length);
  text[4] = 1; // a body tag that is not zero, so that it is no goodbye
  recordCipher().sealBox(text, header.subarray(0, 16), text, nonce, KEY);
  return header;
}

const thrown = (code: string): unknown => expect.objectContaining({ name: "ShsError", code });

describe("goodbyes are kept by", () => {
  it.each(["aead64k", "box-stream"] as const)(
    "29 %s: junk behind one is never delivered",
    (suite) =>
      ends(suite, "AFTER_GOODBYE", "end", ({ raw, session }) => {
        raw.say(seal(session.sealer, "end"), session.sealer.goodbye(), Buffer.alloc(50, 1));
      }),
  );

  it.each(SUITES)("30 %s: nothing of ours follows our own", (suite) =>
    unharmedBy(
      async (server) => {
        const client = await dialServer(server);
        client.socket.end();
        expect(() => client.socket.write(Buffer.from("more"))).toThrow(
          expect.objectContaining({ code: "CLOSED" }),
        );
        client.socket.destroy();
        await client.closed;
        server.clear();
        const { client: session } = shakeHands({ suite });
        session.sealer.goodbye();
        expect(() => seal(session.sealer, "more")).toThrow(thrown("SEALED_AFTER_GOODBYE"));
      },
      { suites: [suite] },
    ),
  );
});

describe("the sizes and counters of records", () => {
  it.each([4097, 65_535])("31 a box-stream length of %i is refused, well sealed or not", (length) =>
    unharmed(() => {
      const opener = new BoxStreamOpener(KEY, NONCE);
      opener.push(forgeBoxHeader(NONCE, length));
      expect(() => opener.next()).toThrow(thrown("RECORD_LENGTH"));
    }),
  );

  it("32 an empty box-stream record is refused, even with a valid tag", () =>
    unharmed(() => {
      const opener = new BoxStreamOpener(KEY, NONCE);
      opener.push(forgeBoxHeader(NONCE, 0));
      expect(() => opener.next()).toThrow(thrown("RECORD_EMPTY"));
    }));

  it.each(["aead64k", "compact"] as const)("32 a flood of pings in %s is cut off", (suite) =>
    ends(suite, "FLOODED", "", ({ raw, session }) => {
      raw.say(...Array.from({ length: 1000 }, () => session.sealer.ping()!));
    }),
  );

  it("32 a flood of new keys in aead64k, each a derivation, is cut off", () =>
    ends("aead64k", "FLOODED", "", ({ raw, session }) => {
      const { sealer } = session;
      if (!(sealer instanceof AeadSealer)) throw new TypeError("of another suite");
      raw.say(...Array.from({ length: 1000 }, () => sealer.rekey()));
    }));

  it.each(["ff", "ffff", "ff".repeat(24)])("33 nonces ending or beginning in %s carry", (edge) =>
    unharmed(() => {
      const [last, first] = [Buffer.alloc(24, 3), Buffer.alloc(24, 3)];
      Buffer.from(edge, "hex").copy(last, 24 - edge.length / 2);
      Buffer.from(edge, "hex").copy(first);
      const text = "a few records' worth of text ".repeat(500);
      const box = new BoxStreamSealer(KEY, last);
      const compact = new CompactSealer(KEY, first);
      const wires = [seal(box, text), seal(box, text), seal(compact, text), seal(compact, text)];
      const boxed = openAll(new BoxStreamOpener(KEY, last), wires[0]!, wires[1]!);
      const compacted = openAll(new CompactOpener(KEY, first), wires[2]!, wires[3]!);
      expect(textOf(boxed)).toBe(text + text);
      expect(textOf(compacted)).toBe(text + text);
    }),
  );

  it("33 a counter above 2¹⁶ carries in aead64k", () =>
    unharmed(() => {
      const sealer = new AeadSealer(KEY, 0xffff);
      const opener = new AeadOpener(KEY, 0xffff);
      expect(textOf(openAll(opener, seal(sealer, "one"), seal(sealer, "two")))).toBe("onetwo");
    }));
});
