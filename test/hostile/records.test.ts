import { inspect } from "node:util";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { type PeerAddress } from "../../src/net/index.ts";
import {
  generateSeed,
  KeyPair,
  ready,
  type Session,
  ShsError,
  type Suite,
} from "../../src/shs/index.ts";
import { AeadOpener, AeadSealer } from "../../src/shs/aead-stream.ts";
import { BoxStreamOpener, BoxStreamSealer } from "../../src/shs/box-stream.ts";
import { CompactOpener, CompactSealer } from "../../src/shs/compact-stream.ts";
import { recordCipher } from "../../src/shs/primitives.ts";
import { defaultLogger } from "../../src/vat/default-logger.ts";
import { dialServer, type TestServer } from "../net/support/listening.ts";
import { type DrivenRoad } from "../net/support/road.ts";
import { openAll, seedOf, shakeHands, textOf } from "../shs/support/pair.ts";
import { intruder, machineFor, RawClient, seal } from "./support/attacker.ts";
import { unharmed, unharmedBy } from "./support/unharmed.ts";

beforeAll(ready);

const SUITES = ["aead64k", "box-stream", "compact"] as const;
const KEY = seedOf("k");
const NONCE = Buffer.alloc(24, 9);

/** An intruder's wire and session, and the server's end of the road. */
interface Scene {
  readonly server: TestServer;
  readonly raw: RawClient;
  readonly session: Session;
  readonly road: DrivenRoad;
}

/** Plays the scene and expects this error, and that only this text was delivered. */
function ends(
  suite: Suite,
  code: string | RegExp,
  delivered: string,
  play: (scene: Scene) => void,
) {
  return unharmedBy(
    async (server) => {
      const { raw, session } = await intruder(server);
      const road = await server.accept();
      play({ server, raw, session, road });
      const error = await road.closed;
      expect((error as { code?: string } | undefined)?.code).toMatch(code);
      expect(road.received.toString()).toBe(delivered);
      raw.socket.destroy();
    },
    { suites: [suite] },
  );
}

function flipped(data: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(data);
  copy[at < 0 ? copy.length + at : at]! ^= 1;
  return copy;
}

/** Whether this bit of a short record, once flipped, makes its clear length larger. */
function grew(suite: Suite, bit: number): boolean {
  switch (suite) {
    case "aead64k":
      return bit >= 16 && bit < 32 && bit !== 24 + 2; // n is 4; higher bits are beyond any record
    case "compact":
      return bit < 16 && bit !== 8 && bit !== 8 + 1; // the length is 3
    case "box-stream":
      return false;
    default:
      return suite satisfies never;
  }
}

/** A box-stream record with any header, sealed with the right key. */
function forgeBoxHeader(nonce: Uint8Array, length: number): Uint8Array {
  const header = new Uint8Array(34);
  const text = header.subarray(16);
  new DataView(header.buffer).setUint16(16, length);
  text[4] = 1; // a body tag that is not zero, so that it is no goodbye
  recordCipher().sealBox(text, header.subarray(0, 16), text, nonce, KEY);
  return header;
}

/** What a client says after the handshake in these sessions: two records and a goodbye. */
const SAYS = (sealer: Session["sealer"]) => [
  seal(sealer, "first"),
  seal(sealer, "second"),
  sealer.goodbye(),
];

/** Bytes of M1 and M3, of what follows, and the offsets at which nothing is missing. */
async function wholeSession(suite: Suite) {
  await ready();
  const parts = SAYS(shakeHands({ suite }).client.sealer);
  const shaken = 64 + 112;
  const [first = 0, second = 0] = parts.map(({ length }) => length);
  const records = parts.reduce((sum, { length }) => sum + length, 0);
  const whole = shaken + records;
  // compact has no goodbye, so that every edge of a record may be the end.
  const edges = suite === "compact" ? [shaken, shaken + first, shaken + first + second] : [whole];
  return { records, edges, shaken };
}

/** A client that leaves after so many bytes of such a session. */
async function playedUpTo(server: TestServer, bytes: number): Promise<RawClient> {
  const raw = await RawClient.to(server);
  const machine = machineFor(server);
  raw.say(machine.m1.subarray(0, bytes));
  if (bytes > 64) {
    const m3 = machine.receive(await raw.hear(64));
    if (m3.is !== "send") throw new Error("no M3");
    const rest = Buffer.concat([m3.bytes, ...SAYS(m3.sealer)]);
    raw.say(rest.subarray(0, bytes - 64));
  }
  raw.socket.end();
  return raw;
}

const thrown = (code: string): unknown => expect.objectContaining({ name: "ShsError", code });

describe.each(SUITES)("records of %s are not harmed by a peer that", (suite) => {
  it("24 flips a bit of a header", () =>
    // A clear length that grew may as well wait for bytes that never come.
    ends(suite, suite === "box-stream" ? "RECORD_FORGED" : /RECORD_|TRUNCATED/, "good", (scene) => {
      const { raw, session } = scene;
      raw.say(seal(session.sealer, "good"), flipped(seal(session.sealer, "bad"), 1));
      raw.socket.end();
    }));

  it("25 flips a bit of a body", () =>
    ends(suite, "RECORD_FORGED", "good", ({ raw, session }) => {
      raw.say(seal(session.sealer, "good"), flipped(seal(session.sealer, "bad"), -1));
    }));

  it("25 flips any bit of a record", () =>
    unharmed(() => {
      const { client } = shakeHands({ suite });
      const [good, bad] = [seal(client.sealer, "good"), seal(client.sealer, "bad")];
      for (let bit = 0; bit < bad.length * 8; bit += 1) {
        const copy = Uint8Array.from(bad);
        copy[bit >> 3]! ^= 1 << (bit & 7);
        const { opener } = shakeHands({ suite }).server;
        expect(textOf(openAll(opener, good))).toBe("good");
        opener.push(copy);
        // A clear length that grew waits for bytes that never come.
        if (grew(suite, bit)) expect(opener.next()).toBeUndefined();
        else expect(() => opener.next(), `bit ${bit}`).toThrow(/./);
      }
    }));

  it("26 swaps two records, drops one, or sends one twice", async () => {
    for (const order of [[1, 0], [1], [0, 0]]) {
      await ends(suite, "RECORD_FORGED", order[0] === 0 ? "one" : "", ({ raw, session }) => {
        const records = [seal(session.sealer, "one"), seal(session.sealer, "two")];
        raw.say(...order.map((index) => records[index]!));
      });
    }
  });

  it("27 sends us our own records back", () =>
    unharmedBy(
      async (server) => {
        const { raw } = await intruder(server);
        const road = await server.accept();
        raw.socket.pipe(raw.socket);
        road.send("x".repeat(100));
        expect(await road.closed).toMatchObject({ code: "RECORD_FORGED" });
        expect(road.received).toHaveLength(0);
        raw.socket.destroy();
      },
      { suites: [suite] },
    ));

  it("28 cuts the stream, at any offset", () => {
    const { client, server } = shakeHands({ suite });
    const wire = Buffer.concat([seal(client.sealer, "first"), seal(client.sealer, "second")]);
    for (let cut = 1; cut < wire.length; cut += 1) {
      const again = shakeHands({ suite }).server.opener;
      openAll(again, wire.subarray(0, cut));
      const atAnEdge = suite === "compact" && !again.midRecord;
      expect(again.ending).toBe(atAnEdge ? "unknown" : "truncated");
    }
    expect(textOf(openAll(server.opener, wire))).toBe("firstsecond");
    return ends(suite, "TRUNCATED", "first", ({ raw, session }) => {
      raw.say(seal(session.sealer, "first"), seal(session.sealer, "second").subarray(0, 12));
      raw.socket.end();
    });
  });

  it(
    "28 cuts a session at every offset, from M1 to the goodbye",
    () =>
      unharmedBy(
        async (server) => {
          const { records, edges, shaken } = await wholeSession(suite);
          for (let cut = 1; cut <= shaken + records; cut += 1) {
            const raw = await playedUpTo(server, cut);
            if (cut < shaken) {
              expect((await server.refusal()).error).toMatchObject({ code: "HANDSHAKE_CUT" });
            } else {
              const road = await server.accept();
              if (edges.includes(cut)) await road.ended;
              else expect(await road.closed).toMatchObject({ code: "TRUNCATED" });
              road.socket.destroy();
              await road.closed;
            }
            raw.socket.destroy();
            await raw.hungUp;
          }
        },
        { suites: [suite] },
      ),
    120_000,
  );

  it("34 raises a length in the clear and then stalls", () =>
    unharmedBy(
      async (server) => {
        const { raw, session } = await intruder(server);
        const road = await server.accept();
        const record = Uint8Array.from(seal(session.sealer, "text"));
        if (suite === "aead64k")
          record[1] = 1; // n = 65541 - refused at once
        else if (suite === "compact") record[0] = 0xff;
        raw.say(suite === "box-stream" ? record.subarray(0, 20) : record);
        const code = suite === "aead64k" ? "RECORD_LENGTH" : "STALLED";
        expect(await road.closed).toMatchObject({ code });
        raw.socket.destroy();
      },
      { suites: [suite], limits: { recordMs: 100 } },
    ));

  it("35 sends a flood of one-byte records", () =>
    unharmedBy(
      async (server) => {
        const { raw, session } = await intruder(server);
        const road = await server.accept();
        const flood = Array.from({ length: 20_000 }, () => seal(session.sealer, "x"));
        raw.say(...flood);
        expect(await road.until(20_000)).toHaveLength(20_000);
        raw.socket.destroy();
        road.socket.destroy();
        await road.closed;
      },
      { suites: [suite] },
    ));

  it("36 never reads", () =>
    unharmedBy(
      async (server) => {
        const { raw } = await intruder(server);
        const road = await server.accept();
        raw.socket.pause();
        while (road.socket.write(Buffer.alloc(64 * 1024))) {
          // until we are told to wait
        }
        expect(road.socket.bufferedBytes).toBeLessThan(1024 * 1024);
        expect(await road.closed).toMatchObject({ code: "WRITE_TIMEOUT" });
        raw.socket.destroy();
      },
      { suites: [suite], limits: { writeMs: 100 } },
    ));

  it("37 resets the connection while we write", () =>
    unharmedBy(
      async (server) => {
        const { raw } = await intruder(server);
        const road = await server.accept();
        road.send(Buffer.alloc(4_000_000));
        await raw.hear(100_000);
        raw.socket.resetAndDestroy();
        expect(await road.closed).toMatchObject({ code: "RESET" });
      },
      { suites: [suite] },
    ));

  it("38 interleaves many roads under one key", () =>
    unharmedBy(
      async (server) => {
        const keyPair = KeyPair.fromSeed(generateSeed());
        const clients = await Promise.all(
          Array.from({ length: 10 }, () => dialServer(server, { keyPair })),
        );
        const roads = await Promise.all(clients.map(() => server.accept()));
        clients.forEach((client, index) => {
          client.send(`I am ${index}`);
        });
        const texts = await Promise.all(roads.map((road) => road.until(6)));
        expect(new Set(texts.map(String)).size).toBe(10);
        for (const { socket } of [...clients, ...roads]) socket.destroy();
        await Promise.all(roads.map(({ closed }) => closed));
      },
      { suites: [suite] },
    ));
});

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
      const sealer = session.sealer as AeadSealer; // of this suite
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

describe("identities", () => {
  it("39 one key holds a limited number of roads", () =>
    unharmedBy(
      async (server) => {
        const keyPair = KeyPair.fromSeed(generateSeed());
        const first = await dialServer(server, { keyPair });
        const second = await dialServer(server, { keyPair });
        await expect(dialServer(server, { keyPair })).rejects.toThrow(
          expect.objectContaining({ code: "NOT_ADMITTED" }),
        );
        const road = await server.accept();
        first.socket.destroy();
        await road.closed;
        const third = await dialServer(server, { keyPair }); // room again
        for (const { socket } of [second, third]) socket.destroy();
        await Promise.all([second.closed, third.closed]);
        server.clear();
      },
      { limits: { maxRoadsPerKey: 2, admitMs: 10 } },
    ));

  it("40 nobody writes lines of a log but the one who logs", () =>
    unharmed(() => {
      const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
      const err = new Error("lost\nhandfast error: all is well\r\u001b[2J\u202e\u2028", {
        cause: new Error("\nhandfast error: nothing to see"),
      });
      defaultLogger.error({ err, reason: "\nhandfast error: go on" }, "a turn failed");
      const [[text] = []] = written.mock.calls;
      written.mockRestore();
      expect(String(text).match(/^\S.*/gm)).toHaveLength(1); // the others are indented
      expect(String(text).trimEnd()).not.toMatch(/[^\P{Cc}\n]|[\u2028\u202e]/u);
    }));

  it("40 what a peer chose is shown escaped in errors", () =>
    unharmedBy(async (server) => {
      const client = await dialServer(server);
      const road = await server.accept();
      client.socket.end({ code: 1, text: "\n2026-01-01 all is well\u001b[2J" });
      await road.ended;
      expect(road.socket.closeReason?.text).toContain("\n"); // given as sent, to be escaped in logs
      expect(inspect(road.socket.closeReason)).not.toContain("\u001b[2J");
      expect(road.socket.peer.id).toMatch(/^[\w:-]+$/);
      expect(road.socket.peer.address).toMatch(/^[\d.:]+$/);
      road.socket.end();
      await Promise.all([road.closed, client.closed]);
    }));

  it("41 no secret shows in errors, inspect or JSON", () =>
    unharmedBy(async (server) => {
      const seed = generateSeed();
      const keyPair = KeyPair.fromSeed(seed);
      const client = await dialServer(server, { keyPair });
      const { client: session } = shakeHands({ clientSeed: seed });
      const shown = [keyPair, client.socket, session, new ShsError("M3_FORGED", "x")]
        .map((thing) => inspect(thing, { depth: 12, showHidden: true }))
        .concat(JSON.stringify([keyPair, session]));
      for (const encoding of ["hex", "base64", "base64url"] as const) {
        const secret = Buffer.from(seed).toString(encoding).slice(0, 16);
        expect(shown.join()).not.toContain(secret);
      }
      // As `inspect` prints bytes:
      expect(shown.join()).not.toContain([...seed.subarray(0, 4)].join(", "));
      client.socket.destroy();
      await client.closed;
    }));

  it.each([
    ["box-stream", "compact"],
    ["compact", "box-stream"],
  ] as const)("45 a %s client of a %s server fails, and typed", (theirs, ours) =>
    unharmedBy(
      async (server) => {
        const address: PeerAddress = { ...server.address, suite: theirs };
        const client = await dialServer(server, { address });
        client.send("not what you expect".repeat(10));
        const road = await server.accept();
        expect((await road.closed) as unknown).toMatchObject({
          code: expect.stringMatching(/RECORD_FORGED|STALLED/) as string,
        });
        expect(road.received).toHaveLength(0);
        client.socket.destroy();
        await client.closed;
      },
      { suites: [ours], limits: { recordMs: 100 } },
    ),
  );

  it("45 an aead64k client of a box-stream server fails at the first message", () =>
    unharmedBy(
      async (server) => {
        const address: PeerAddress = { ...server.address, suite: "aead64k" };
        await expect(dialServer(server, { address })).rejects.toThrow(
          expect.objectContaining({ code: "HANDSHAKE_CUT" }),
        );
      },
      { suites: ["box-stream"] },
    ));
});
