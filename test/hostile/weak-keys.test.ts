import { beforeAll, describe, expect, it } from "vitest";
import { concatBytes } from "../../src/base/index.ts";
import { generateSeed, ready } from "../../src/shs/index.ts";
import { challenge, clientStatement, keyOfM3, openChallenge } from "../../src/shs/key-schedule.ts";
import {
  curvePublicKey,
  ephemeralOf,
  generateEphemeral,
  multiplyBy,
  sealOnce,
  sign,
  signingPair,
  verify,
} from "../../src/shs/primitives.ts";
import { type TestServer } from "../net/support/listening.ts";
import { mixedOrderSigner, TORSION } from "../shs/support/mixed-order.ts";
import { RawClient } from "./support/attacker.ts";
import { dialFails, dies, K } from "./support/refused.ts";
import { unharmedBy } from "./support/unharmed.ts";

beforeAll(ready);

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));

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

describe("no key is proven by a peer that", () => {
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

  it.each(TORSION)("11 has a long-term key of mixed order %#, and signs well", (torsion) =>
    dies(
      (server) =>
        forgedM3(server, (ab) => {
          const { publicKey: Ap, sign } = mixedOrderSigner(torsion);
          const statement = clientStatement(K(), server.keyPair.publicKey, ab);
          const sigA = sign(statement);
          expect(verify(sigA, statement, Ap)).toBe(true); // the signature alone says nothing
          return { sigA, Ap };
        }),
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
