import { beforeAll, describe, expect, it } from "vitest";
import { dial } from "../../src/net/index.ts";
import { generateSeed, KeyPair, networkIdentifier, ready } from "../../src/shs/index.ts";
import { shakeHands } from "../shs/support/pair.ts";
import { NETWORK, type TestServer } from "../net/support/listening.ts";
import { withResolvers } from "../net/support/road.ts";
import { machineFor, RawClient, rogueServer, seal, upToM3 } from "./support/attacker.ts";
import { dialFails, dies, QUICK } from "./support/refused.ts";
import { unharmedBy } from "./support/unharmed.ts";

beforeAll(ready);

/** Each message, its size, and what a flipped bit of it is refused as. */
const FLIPS = [
  { message: "M1", bits: 64 * 8, refusal: /^WRONG_NETWORK$/ },
  { message: "M2", bits: 64 * 8, refusal: /^WRONG_NETWORK$/ },
  { message: "M3", bits: 112 * 8, refusal: /^M3_UNREADABLE$/ },
  { message: "M4", bits: 80 * 8, refusal: /^M4_UNREADABLE$/ },
] as const;

describe("the handshake is not harmed by a client that", () => {
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
});
