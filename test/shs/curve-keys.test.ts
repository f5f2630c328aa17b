import { beforeAll, describe, expect, it } from "vitest";
import { curveKeyOf, REMEMBERED_KEYS } from "../../src/shs/curve-keys.ts";
import { curvePublicKey, ready, signingPair } from "../../src/shs/primitives.ts";

beforeAll(ready);

const keyOf = (number: number) => {
  const seed = Buffer.alloc(32);
  seed.writeUInt32LE(number);
  return signingPair(seed).publicKey;
};

describe("the converted key of a peer", () => {
  it("is what the conversion says, however often it is asked for", () => {
    for (let round = 0; round < 3; round += 1) {
      for (let number = 0; number < 5; number += 1) {
        expect(curveKeyOf(keyOf(number))).toEqual(curvePublicKey(keyOf(number)));
      }
    }
  });

  it("is remembered while the peer comes again, and no more than so many of them", () => {
    const first = curveKeyOf(keyOf(0));
    expect(curveKeyOf(keyOf(0))).toBe(first);
    const busy = curveKeyOf(keyOf(1));
    for (let number = 2; number <= REMEMBERED_KEYS; number += 1) {
      curveKeyOf(keyOf(number));
      expect(curveKeyOf(keyOf(1))).toBe(busy);
    }
    curveKeyOf(keyOf(REMEMBERED_KEYS + 1));
    expect(curveKeyOf(keyOf(1))).toBe(busy);
    expect(curveKeyOf(keyOf(0))).not.toBe(first);
  });

  it("is refused every time when nobody can hold its secret", () => {
    for (let round = 0; round < 2; round += 1) {
      expect(curveKeyOf(new Uint8Array(32))).toBeUndefined();
      expect(curveKeyOf(new Uint8Array(31))).toBeUndefined();
    }
  });
});
