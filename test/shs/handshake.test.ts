import { inspect } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type ClientHandshake,
  KeyPair,
  networkIdentifier,
  ready,
  type ServerHandshake,
  type ShsErrorCode,
} from "../../src/shs/index.ts";
import { challenge, keyOfM4 } from "../../src/shs/key-schedule.ts";
import { curvePublicKey, ephemeralOf, multiplyBy, sealOnce } from "../../src/shs/primitives.ts";
import {
  handshakePair,
  NETWORK,
  openAll,
  seal,
  seedOf,
  shakeHands,
  textOf,
} from "./support/pair.ts";
import { bytes, hex } from "./support/vectors.ts";

beforeAll(ready);

const refusal = (code: ShsErrorCode): unknown =>
  expect.objectContaining({ name: "ShsError", code });

/** The low-order points of Curve25519, with and without the bit that X25519 ignores. */
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

function upToM3(client: ClientHandshake, server: ServerHandshake): Uint8Array {
  const m2 = server.receive(client.m1);
  if (m2.is !== "send") throw new Error("no M2");
  const m3 = client.receive(m2.bytes);
  if (m3.is !== "send") throw new Error("no M3");
  return m3.bytes;
}

describe("SHS1", () => {
  it("leaves both sides with each other's key, keys for records and one binding", () => {
    const { client, server } = shakeHands();
    expect(client.peer.id).toBe(KeyPair.fromSeed(seedOf("B")).id);
    expect(server.peer.id).toBe(KeyPair.fromSeed(seedOf("A")).id);
    expect(textOf(openAll(server.opener, seal(client.sealer, "to server")))).toBe("to server");
    expect(textOf(openAll(client.opener, seal(server.sealer, "to client")))).toBe("to client");
    expect(client.channelBinding).toHaveLength(32);
    expect(hex(client.channelBinding)).toBe(hex(server.channelBinding));
  });

  it("binds to the connection, not to the keys", () => {
    const other = shakeHands({ serverEphemeral: ephemeralOf(seedOf("c")) });
    expect(hex(shakeHands().client.channelBinding)).not.toBe(hex(other.client.channelBinding));
  });

  it("says what it wants, and nothing once it is over", () => {
    const { client, server } = handshakePair();
    expect([client.wants, server.wants]).toEqual([64, 64]);
    const m3 = upToM3(client, server);
    expect([client.wants, server.wants]).toEqual([80, 112]);
    const verdict = server.receive(m3);
    if (verdict.is !== "verified") throw new Error("no verdict asked");
    expect(server.wants).toBe(0);
    client.receive(server.accept(verdict.peer).bytes);
    expect(client.wants).toBe(0);
  });

  it("refuses a client of another network at M1", () => {
    const { client, server } = handshakePair({ clientNetwork: networkIdentifier("other") });
    expect(() => server.receive(client.m1)).toThrow(refusal("WRONG_NETWORK"));
    expect(server.wants).toBe(0);
  });

  it("refuses a server of another network at M2", () => {
    const { client } = handshakePair();
    const m2 = challenge(networkIdentifier("other"), ephemeralOf(seedOf("b")).publicKey);
    expect(() => client.receive(m2)).toThrow(refusal("WRONG_NETWORK"));
  });

  it.each(LOW_ORDER)("refuses the low-order ephemeral %#, on either side", (point) => {
    const { client, server } = handshakePair();
    expect(() => server.receive(challenge(NETWORK, point))).toThrow(refusal("WEAK_EPHEMERAL"));
    expect(() => client.receive(challenge(NETWORK, point))).toThrow(refusal("WEAK_EPHEMERAL"));
  });

  it("refuses its own M1 as M2", () => {
    const { client } = handshakePair();
    expect(() => client.receive(client.m1)).toThrow(refusal("REFLECTED"));
  });

  it("refuses a client that meant another server", () => {
    const { client, server } = handshakePair({
      serverKey: KeyPair.fromSeed(seedOf("X")).publicKey,
    });
    const m3 = upToM3(client, server);
    expect(() => server.receive(m3)).toThrow(refusal("M3_UNREADABLE"));
  });

  it("will not dial a key that nobody can hold", () => {
    expect(() => handshakePair({ serverKey: new Uint8Array(32) })).toThrow(refusal("KEY_INVALID"));
    expect(() => handshakePair({ serverKey: new Uint8Array(31) })).toThrow(refusal("KEY_INVALID"));
  });

  it("refuses a flip of any bit of any message, and then everything", () => {
    const { messages } = shakeHands();
    const [m1, m2, m3, m4] = messages;
    const flips = (message: Uint8Array, refuse: (flipped: Uint8Array) => void) => {
      for (let bit = 0; bit < message.length * 8; bit += 1) {
        const flipped = Uint8Array.from(message);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        refuse(flipped);
      }
    };
    flips(m1, (flipped) => {
      const { server } = handshakePair();
      expect(() => server.receive(flipped)).toThrow(refusal("WRONG_NETWORK"));
      expect(() => server.receive(m1)).toThrow(refusal("OUT_OF_TURN"));
    });
    flips(m2, (flipped) => {
      const { client } = handshakePair();
      expect(() => client.receive(flipped)).toThrow(refusal("WRONG_NETWORK"));
      expect(() => client.receive(m2)).toThrow(refusal("OUT_OF_TURN"));
    });
    flips(m3, (flipped) => {
      const { server } = handshakePair();
      server.receive(m1);
      expect(() => server.receive(flipped)).toThrow(refusal("M3_UNREADABLE"));
      expect(() => server.receive(m3)).toThrow(refusal("OUT_OF_TURN"));
    });
    flips(m4, (flipped) => {
      const { client } = handshakePair();
      client.receive(m2);
      expect(() => client.receive(flipped)).toThrow(refusal("M4_UNREADABLE"));
      expect(() => client.receive(m4)).toThrow(refusal("OUT_OF_TURN"));
    });
  });

  it("refuses an M4 whose box opens and whose signature is another's", () => {
    const { client, server, clientKeys, serverKeys } = handshakePair();
    upToM3(client, server);
    const [a, b] = [ephemeralOf(seedOf("a")), ephemeralOf(seedOf("b"))];
    const ab = multiplyBy(b.secret)(a.publicKey)!;
    const aB = serverKeys.x25519(a.publicKey)!;
    const Ab = multiplyBy(b.secret)(curvePublicKey(clientKeys.publicKey)!)!;
    const forged = sealOnce(clientKeys.sign(ab), keyOfM4(NETWORK, ab, aB, Ab));
    expect(() => client.receive(forged)).toThrow(refusal("M4_FORGED"));
  });

  it("gives M4 only for the peer it verified itself", () => {
    const first = handshakePair();
    const second = handshakePair({ clientSeed: seedOf("C") });
    const verdict = first.server.receive(upToM3(first.client, first.server));
    second.server.receive(upToM3(second.client, second.server));
    if (verdict.is !== "verified") throw new Error("no verdict asked");
    expect(() => second.server.accept(verdict.peer)).toThrow(refusal("OUT_OF_TURN"));
  });

  it("wipes the ephemeral secret, whichever way it ends", () => {
    const wiped = "00".repeat(32);
    const good = [ephemeralOf(seedOf("a")), ephemeralOf(seedOf("b"))] as const;
    shakeHands({ clientEphemeral: good[0], serverEphemeral: good[1] });
    expect(good.map(({ secret }) => hex(secret))).toEqual([wiped, wiped]);

    const bad = [ephemeralOf(seedOf("a")), ephemeralOf(seedOf("b"))] as const;
    const { client, server } = handshakePair({
      clientEphemeral: bad[0],
      serverEphemeral: bad[1],
    });
    server.receive(client.m1);
    expect(() => server.receive(new Uint8Array(112))).toThrow();
    expect(() => client.receive(new Uint8Array(64))).toThrow();
    expect(bad.map(({ secret }) => hex(secret))).toEqual([wiped, wiped]);
  });
});

describe("a key pair", () => {
  it("shows no secret in inspect, JSON or errors", () => {
    const keyPair = KeyPair.fromSeed(seedOf("S"));
    const shown = [
      inspect(keyPair, { depth: 9, showHidden: true }),
      JSON.stringify(keyPair),
    ].join();
    const secret = Buffer.from(keyPair.revealSeed());
    for (const encoding of ["hex", "base64", "base64url", "latin1"] as const) {
      expect(shown).not.toContain(secret.toString(encoding).slice(0, 12));
    }
    expect(shown).toContain(keyPair.id);
  });

  it("grows from 32 bytes and no other number", () => {
    expect(() => KeyPair.fromSeed(new Uint8Array(64))).toThrow(refusal("SEED_INVALID"));
  });
});

describe("a network identifier", () => {
  it("is an ASCII name padded with zeros, or 32 raw bytes", () => {
    expect(hex(networkIdentifier("app"))).toBe(`617070${"00".repeat(29)}`);
    expect(hex(networkIdentifier(seedOf("n")))).toBe(hex(seedOf("n")));
  });

  it.each(["", "x".repeat(33), "tab\t", "grüße", new Uint8Array(31), new Uint8Array(33)])(
    "is not %o",
    (name) => {
      expect(() => networkIdentifier(name)).toThrow(refusal("NETWORK_INVALID"));
    },
  );
});
