import { beforeAll, describe, expect, it } from "vitest";
import {
  generateSeed,
  KeyPair,
  ready,
  type Sealer,
  type Session,
  type Suite,
} from "../../src/shs/index.ts";
import { dialServer, type TestServer } from "../net/support/listening.ts";
import { DEAF } from "../net/support/road.ts";
import { openAll, shakeHands, textOf } from "../shs/support/pair.ts";
import { intruder, machineFor, RawClient, seal } from "./support/attacker.ts";
import { ends } from "./support/ends.ts";
import { heapBytes, servesAnHonestClient, unharmed, unharmedBy } from "./support/unharmed.ts";

beforeAll(ready);

const SUITES = ["aead64k", "box-stream", "compact"] as const;

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

/** A flood's records: sent at once, and from one look at what they cost to the next. */
const BATCH = 1000;
const ROUND = 40_000;
/** Less than three rounds are on the wire, whose records have 19 bytes and more. */
const MAX_HELD_BYTES = 2 * 1024 * 1024;

/** Sends one-byte records, as fast as they are taken, until it is enough; how many. */
async function pour(raw: RawClient, sealer: Sealer, enough: () => boolean): Promise<number> {
  let count = 0;
  for (; !enough(); count += BATCH) {
    const batch = Buffer.concat(Array.from({ length: BATCH }, () => seal(sealer, "x")));
    await new Promise((taken) => raw.socket.write(batch, taken));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return count;
}

async function turnsUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

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
        const road = await server.acceptIdle();
        let delivered = 0;
        road.start({ ...DEAF, data: (bytes) => (delivered += bytes.length) });
        let before = Infinity;
        let enough = false;
        const flood = pour(raw, session.sealer, () => enough);
        for (let round = 1; round <= 4; round += 1) {
          await turnsUntil(() => delivered >= round * ROUND);
          await servesAnHonestClient(server); // in the middle of it
          expect(heapBytes() - before).toBeLessThan(MAX_HELD_BYTES);
          before = Math.min(before, heapBytes()); // once warm
        }
        enough = true;
        const sent = await flood;
        await turnsUntil(() => delivered === sent);
        raw.socket.destroy();
        road.destroy();
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
