import { once } from "node:events";
import { beforeAll, describe, expect, it } from "vitest";
import { concatBytes } from "../../src/base/index.ts";
import { dial, type ListenOptions } from "../../src/net/index.ts";
import { generateSeed, KeyPair, networkIdentifier, ready } from "../../src/shs/index.ts";
import { challenge, clientStatement, keyOfM3, openChallenge } from "../../src/shs/key-schedule.ts";
import { networkKey } from "../../src/shs/network.ts";
import {
  curvePublicKey,
  ephemeralOf,
  generateEphemeral,
  multiplyBy,
  sealOnce,
  sign,
  signingPair,
} from "../../src/shs/primitives.ts";
import { shakeHands } from "../shs/support/pair.ts";
import { dialServer, NETWORK, type TestServer } from "../net/support/listening.ts";
import { withResolvers } from "../net/support/road.ts";
import { intruder, machineFor, RawClient, rogueServer, seal, upToM3 } from "./support/attacker.ts";
import { unharmedBy } from "./support/unharmed.ts";

beforeAll(ready);

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
const K = () => networkKey(NETWORK, "aead64k");
/** Each message, its size, and what a flipped bit of it is refused as. */
const FLIPS = [
  { message: "M1", bits: 64 * 8, refusal: /^WRONG_NETWORK$/ },
  { message: "M2", bits: 64 * 8, refusal: /^WRONG_NETWORK$/ },
  { message: "M3", bits: 112 * 8, refusal: /^M3_UNREADABLE$/ },
  { message: "M4", bits: 80 * 8, refusal: /^M4_UNREADABLE$/ },
] as const;

/** A short wait after M3, so that every refusal is seen to happen. */
const QUICK = { limits: { admitMs: 10 } };
/** And a short deadline, which an honest client still keeps on a busy machine. */
const IMPATIENT = { limits: { admitMs: 10, silentMs: 1000, handshakeMs: 1000 } };

/** Says these bytes and expects silence, a hang-up, and that nobody was asked. */
function dies(
  after: (server: TestServer) => Promise<RawClient>,
  code: string | RegExp,
  limits: Partial<ListenOptions> = QUICK,
) {
  let asked = 0;
  const options: Partial<ListenOptions> = {
    ...limits,
    admit: () => {
      asked += 1;
      return true;
    },
  };
  return unharmedBy(async (server) => {
    const before = asked;
    const raw = await after(server);
    await raw.hungUp;
    const { error } = await server.refusal();
    expect((error as { code: string }).code).toMatch(code);
    expect(asked).toBe(before);
  }, options);
}

/** Dials a server that plays its own game, and expects that this is noticed. */
async function dialFails(code: string, play: (raw: RawClient) => Promise<void>): Promise<void> {
  const rogue = await rogueServer(play);
  const keyPair = KeyPair.fromSeed(generateSeed());
  const dialling = dial({ address: rogue.address, keyPair, network: NETWORK });
  await expect(dialling).rejects.toMatchObject({ code });
  rogue.close();
}

const LOW_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].flatMap((point) => {
  const masked = bytes(point);
  masked[31]! |= 0x80;
  return [bytes(point), masked];
});

/** Ed25519 keys nobody should have: small order (canonical and not), non-canonical y, no point. */
const WEAK_IDENTITIES = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0200000000000000000000000000000000000000000000000000000000000000",
].map(bytes);

/** M3 with any key and signature in its box: what only a client with `a` of its own can send. */
async function forgedM3(
  server: TestServer,
  contents: (ab: Uint8Array) => { readonly sigA: Uint8Array; readonly Ap: Uint8Array },
): Promise<RawClient> {
  const raw = await RawClient.to(server);
  const { publicKey: ap, secret } = generateEphemeral();
  raw.say(challenge(K(), ap));
  const bp = openChallenge(K(), await raw.hear(64))!;
  const ab = multiplyBy(secret)(bp)!;
  const aB = multiplyBy(secret)(curvePublicKey(server.keyPair.publicKey)!)!;
  const { sigA, Ap } = contents(ab);
  raw.say(sealOnce(concatBytes(sigA, Ap), keyOfM3(K(), ab, aB)));
  return raw;
}

describe("the handshake is not harmed by a client that", () => {
  it("1 sends one byte at a time and never enough: the deadline is for all of it", () =>
    dies(
      async (server) => {
        const raw = await RawClient.to(server);
        const drip = setInterval(() => raw.socket.write(Uint8Array.of(1)), 20);
        void raw.hungUp.then(() => {
          clearInterval(drip);
        });
        return raw;
      },
      "HANDSHAKE_TIMEOUT",
      IMPATIENT,
    ));

  it("2 connects and says nothing", () =>
    dies((server) => RawClient.to(server), "HANDSHAKE_TIMEOUT", IMPATIENT));

  it.each([
    ["one address", () => "127.0.0.9"],
    ["many addresses", (index: number) => `127.0.1.${index + 1}`],
  ])("3 floods the door with half-open connections from %s", (_, from) =>
    unharmedBy(
      async (server) => {
        const dials = Array.from({ length: 200 }, (_, index) => RawClient.to(server, from(index)));
        const flood = await Promise.all(dials);
        expect(server.door.counts.shaking).toBeLessThanOrEqual(64);
        const client = await dialServer(server); // served in the middle of it
        client.socket.destroy();
        await client.closed;
        for (const { socket } of flood) socket.destroy();
        await Promise.all(flood.map(({ hungUp }) => hungUp));
        server.clear();
      },
      { limits: { maxSilent: 64, maxHandshakesPerAddress: 20 } },
    ),
  );

  it("3 floods the door with handshakes that stop after M1", () =>
    unharmedBy(
      async (server) => {
        const dials = Array.from({ length: 60 }, async (_, index) => {
          const raw = await RawClient.to(server, `127.0.1.${index + 1}`);
          raw.say(machineFor(server).m1);
          return raw;
        });
        const flood = await Promise.all(dials);
        let client = await dialServer(server).catch(() => undefined);
        while (client === undefined) client = await dialServer(server).catch(() => undefined);
        expect(server.door.counts.shaking).toBeLessThanOrEqual(16);
        client.socket.destroy();
        await client.closed;
        for (const { socket } of flood) socket.destroy();
        await Promise.all(flood.map(({ hungUp }) => hungUp));
        server.clear();
      },
      { limits: { maxHandshakes: 16, handshakeMs: 60_000 } },
    ));

  it("4 hangs up after M1", () =>
    dies(async (server) => {
      const raw = await RawClient.to(server);
      raw.say(machineFor(server).m1);
      await raw.hear(64);
      raw.socket.end();
      return raw;
    }, /HANDSHAKE_CUT|RESET/));

  it("5 replays an M1", () =>
    dies(async (server) => {
      const { m1 } = machineFor(server);
      const first = await RawClient.to(server);
      first.say(m1);
      const m2 = await first.hear(64);
      first.socket.destroy();
      await server.refusal();
      const raw = await RawClient.to(server);
      raw.say(m1);
      expect(await raw.hear(64)).not.toEqual(m2); // a fresh b each time
      raw.say(new Uint8Array(112));
      return raw;
    }, "M3_UNREADABLE"));

  it("6 replays an M1 and the M3 that once followed it", () =>
    unharmedBy(async (server) => {
      const machine = machineFor(server);
      const first = await RawClient.to(server);
      const m3 = await upToM3(first, machine);
      first.say(m3);
      await first.hear(80);
      first.socket.destroy();
      server.clear();
      const raw = await RawClient.to(server);
      raw.say(machine.m1);
      await raw.hear(64);
      raw.say(m3);
      expect(await raw.hungUp).toHaveLength(64); // M2 and no more
      expect((await server.refusal()).error).toMatchObject({ code: "M3_UNREADABLE" });
    }, QUICK));

  it("7 is of another network", () =>
    dies(async (server) => {
      const raw = await RawClient.to(server);
      raw.say(machineFor(server, { network: networkIdentifier("other") }).m1);
      expect(await raw.hungUp).toHaveLength(0);
      return raw;
    }, "WRONG_NETWORK"));

  it("8 means another server", () =>
    dies(async (server) => {
      const { publicKey: serverKey } = KeyPair.fromSeed(generateSeed());
      const raw = await RawClient.to(server);
      raw.say(await upToM3(raw, machineFor(server, { serverKey })));
      expect(await raw.hungUp).toHaveLength(64);
      return raw;
    }, "M3_UNREADABLE"));

  it.each(LOW_ORDER)("9 has the low-order ephemeral key %#", (point) =>
    dies(async (server) => {
      const raw = await RawClient.to(server);
      raw.say(challenge(K(), point));
      expect(await raw.hungUp).toHaveLength(0);
      return raw;
    }, "WEAK_EPHEMERAL"),
  );

  it.each(LOW_ORDER)("10 is a server with the low-order ephemeral key %#", (point) =>
    unharmedBy(() =>
      dialFails("WEAK_EPHEMERAL", async (raw) => {
        await raw.hear(64);
        raw.say(challenge(K(), point));
      }),
    ),
  );

  it.each(WEAK_IDENTITIES)("11 has the weak long-term key %#", (Ap) =>
    dies(
      // With a small-order key the signature (R = Ap, S = 0) can hold for some messages.
      (server) => forgedM3(server, () => ({ sigA: concatBytes(Ap, new Uint8Array(32)), Ap })),
      "WEAK_IDENTITY",
    ),
  );

  it("12 plays the transcript of 2019: a low-order a and a weak A, and B never known", () =>
    dies(async (server) => {
      const raw = await RawClient.to(server);
      const ap = LOW_ORDER[0]!;
      const zero = new Uint8Array(32); // what ab and aB would be, whatever B is
      const Ap = WEAK_IDENTITIES[1]!;
      const sigA = concatBytes(Ap, zero);
      raw.say(challenge(K(), ap), sealOnce(concatBytes(sigA, Ap), keyOfM3(K(), zero, zero)));
      expect(await raw.hungUp).toHaveLength(0);
      return raw;
    }, "WEAK_EPHEMERAL"));

  it("13 adds L to its signature's S", () =>
    dies(
      (server) =>
        forgedM3(server, (ab) => {
          const { publicKey: Ap, secret } = signingPair(generateSeed());
          const sigA = sign(clientStatement(K(), server.keyPair.publicKey, ab), secret);
          return { sigA: plusL(sigA), Ap };
        }),
      "M3_FORGED",
    ));

  it("14 flips a bit of M1, M2, M3 or M4, whichever it is", { timeout: 120_000 }, () =>
    unharmedBy(() => {
      for (const { message, bits, refusal } of FLIPS) {
        for (let bit = 0; bit < bits; bit += 1) {
          expect(() => shakeHands({ tamper: { message, bit } }), `${message} bit ${bit}`).toThrow(
            expect.objectContaining({ code: expect.stringMatching(refusal) as string }),
          );
        }
      }
      return Promise.resolve();
    }),
  );

  it("14 flips a bit of M1 or M3 on a real wire, and hears nothing more", () =>
    unharmedBy(async (server) => {
      for (let bit = 0; bit < 64 * 8; bit += 7) {
        const { m1 } = machineFor(server);
        m1[bit >> 3]! ^= 1 << (bit & 7);
        const raw = await RawClient.to(server);
        raw.say(m1);
        expect(await raw.hungUp).toHaveLength(0);
      }
      for (let bit = 0; bit < 112 * 8; bit += 31) {
        const raw = await RawClient.to(server);
        const m3 = Uint8Array.from(await upToM3(raw, machineFor(server)));
        m3[bit >> 3]! ^= 1 << (bit & 7);
        raw.say(m3);
        expect(await raw.hungUp).toHaveLength(64);
      }
    }, QUICK));

  it("15 is a server that sends M1 back as M2", () =>
    unharmedBy(() =>
      dialFails("REFLECTED", async (raw) => {
        raw.say(await raw.hear(64));
      }),
    ));

  it("16 relays the M3 it got as a server to another server", async () => {
    const { promise: target, resolve: aim } = withResolvers<TestServer>();
    const { promise: relayed, resolve } = withResolvers<Buffer>();
    const rogue = await rogueServer(async (victim) => {
      const onward = await RawClient.to(await target);
      onward.say(await victim.hear(64));
      victim.say(await onward.hear(64)); // the other server's M2
      onward.say(await victim.hear(112));
      resolve(await onward.hungUp);
      victim.socket.destroy();
    });
    await unharmedBy(async (server) => {
      aim(server);
      const keyPair = KeyPair.fromSeed(generateSeed());
      const { address } = rogue;
      await expect(dial({ address, keyPair, network: NETWORK })).rejects.toThrow();
      rogue.close();
      expect(await relayed).toHaveLength(64);
      expect((await server.refusal()).error).toMatchObject({ code: "M3_UNREADABLE" });
    }, QUICK);
  });

  it("17 sends the M3 of another session", () =>
    dies(async (server) => {
      const other = await RawClient.to(server);
      const m3 = await upToM3(other, machineFor(server));
      other.socket.destroy();
      await server.refusal();
      const raw = await RawClient.to(server);
      await upToM3(raw, machineFor(server));
      raw.say(m3);
      return raw;
    }, "M3_UNREADABLE"));

  it("18 has our own key", () =>
    dies(async (server) => {
      const raw = await RawClient.to(server);
      raw.say(await upToM3(raw, machineFor(server, { keyPair: server.keyPair })));
      return raw;
    }, "SELF_CONNECT"));

  it("19 sends 112 bytes right after M1", () =>
    dies(async (server) => {
      const raw = await RawClient.to(server);
      raw.say(machineFor(server).m1, new Uint8Array(112).fill(7));
      expect(await raw.hungUp).toHaveLength(64);
      return raw;
    }, "M3_UNREADABLE"));

  it("20 sends byte by byte, or everything at once: both work", () =>
    unharmedBy(async (server) => {
      const raw = await RawClient.to(server);
      raw.socket.setNoDelay(true);
      const machine = machineFor(server);
      for (const byte of machine.m1) raw.socket.write(Uint8Array.of(byte));
      const m3 = machine.receive(await raw.hear(64));
      if (m3.is !== "send") throw new Error("no M3");
      const parts = [m3.bytes, seal(m3.sealer, "all at once"), m3.sealer.goodbye()];
      for (const byte of m3.bytes.subarray(0, 50)) raw.socket.write(Uint8Array.of(byte));
      raw.say(parts[0]!.subarray(50), parts[1]!, parts[2]!);
      const road = await server.accept();
      expect((await road.until(11)).toString()).toBe("all at once");
      expect(await road.ended).toBe("goodbye");
      road.socket.destroy();
      raw.socket.destroy();
      await road.closed;
    }));

  it.each([
    ["HTTP", "GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: someone/1.0 (lost)\r\n\r\n"],
    ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".padEnd(200, "\x7f")],
    ["SSH", "SSH-2.0-OpenSSH_9.6\r\n".padEnd(80, "x")],
  ])("21 speaks %s", (_, text) =>
    dies(async (server) => {
      const raw = await RawClient.to(server);
      raw.say(Buffer.from(text, "latin1"));
      expect(await raw.hungUp).toHaveLength(0);
      return raw;
    }, "WRONG_NETWORK"),
  );

  it("22 meets an admit that throws, hangs, or answers after the client has left", async () => {
    for (const admit of [
      () => {
        throw new Error("a bug");
      },
      () => new Promise<boolean>(() => {}),
      () => Promise.reject(new Error("a bug")),
    ]) {
      let broken = false;
      await unharmedBy(
        async (server) => {
          broken = true;
          const raw = await RawClient.to(server);
          raw.say(await upToM3(raw, machineFor(server)));
          expect(await raw.hungUp).toHaveLength(64);
          broken = false;
        },
        { ...QUICK, admit: () => (broken ? admit() : true) },
      );
    }
    const { promise: late, resolve } = withResolvers<boolean>();
    const { promise: asked, resolve: ask } = withResolvers<undefined>();
    let slow = false;
    await unharmedBy(
      async (server) => {
        slow = true;
        const raw = await RawClient.to(server);
        raw.say(await upToM3(raw, machineFor(server)));
        await asked;
        raw.socket.resetAndDestroy();
        await server.refusal();
        resolve(true);
        await late;
        slow = false;
      },
      {
        admit: () => {
          ask(undefined);
          return slow ? late : true;
        },
      },
    );
  });

  it("23 sends megabytes before M4: reading pauses and memory stays bounded", () => {
    const { promise: verdict, resolve: decide } = withResolvers<boolean>();
    let slow = false;
    return unharmedBy(
      async (server) => {
        slow = true;
        const raw = await RawClient.to(server);
        raw.say(await upToM3(raw, machineFor(server)));
        let taken = 0;
        const chunk = Buffer.alloc(1 << 20);
        for (let count = 0; count < 64; count += 1) {
          if (raw.socket.write(chunk)) taken += chunk.length;
        }
        expect(taken).toBeLessThan(16 << 20);
        expect(raw.socket.writableLength).toBeGreaterThan(16 << 20); // they wait at their side
        raw.socket.destroy();
        decide(false);
        await server.refusal();
        slow = false;
      },
      { ...QUICK, admit: () => (slow ? verdict : true) },
    );
  });

  it("resets the connection while we accept it: the listener goes on", () =>
    unharmedBy(async (server) => {
      for (let count = 0; count < 50; count += 1) {
        const raw = await RawClient.to(server);
        raw.say(machineFor(server).m1);
        raw.socket.resetAndDestroy();
        await once(raw.socket, "close");
      }
      const { raw } = await intruder(server);
      raw.socket.resetAndDestroy();
      server.clear();
    }));
});

/** S + L, little-endian in the signature's second half: the same equation, another encoding. */
function plusL(signature: Uint8Array): Uint8Array {
  const L = 2n ** 252n + 27742317777372353535851937790883648493n;
  const S = BigInt(`0x${Buffer.from(signature.slice(32)).reverse().toString("hex")}`) + L;
  const half = Buffer.from(S.toString(16).padStart(64, "0"), "hex").reverse();
  return concatBytes(signature.subarray(0, 32), half);
}

describe("the ephemeral used in these tests", () => {
  it("is a good one", () => {
    const { publicKey, secret } = generateEphemeral();
    expect(ephemeralOf(secret).publicKey).toEqual(publicKey);
  });
});
