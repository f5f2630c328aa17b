import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AeadOpener, AeadSealer } from "../../src/shs/aead-stream.ts";
import { BoxStreamOpener, BoxStreamSealer } from "../../src/shs/box-stream.ts";
import { CompactOpener, CompactSealer } from "../../src/shs/compact-stream.ts";
import { NativeSodium, requireSodiumNative } from "../../src/shs/native-sodium.ts";
import { accelerator, choose } from "../../src/shs/primitives.ts";
import { WasmSodium } from "../../src/shs/wasm-sodium.ts";
import { mixedOrderSigner, TORSION } from "./support/mixed-order.ts";
import { openAll, seal, seedOf, shakeHands, textOf } from "./support/pair.ts";
import { hex } from "./support/vectors.ts";

const installed = (() => {
  try {
    return requireSodiumNative() !== undefined;
  } catch {
    return false;
  }
})();

/** The seven encodings of a point of low order, with and without bit 255. */
const LOW_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].flatMap((text) => {
  const point = Uint8Array.from(Buffer.from(text, "hex"));
  return [point, Uint8Array.from(point, (byte, index) => (index === 31 ? byte | 0x80 : byte))];
});

describe.runIf(installed)("sodium-native beside WebAssembly", () => {
  let wasm: WasmSodium;
  let native: NativeSodium;
  beforeAll(async () => {
    wasm = await WasmSodium.load();
    native = new NativeSodium(requireSodiumNative);
    await choose(requireSodiumNative);
  });

  const text = fc.uint8Array({ maxLength: 300 });
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });

  it("makes the same keys, products and signatures", () => {
    fc.assert(
      fc.property(key, key, text, (seed, secret, message) => {
        const pair = wasm.signingPair(seed);
        expect(native.signingPair(seed)).toEqual(pair);
        expect(native.curveSecret(pair.secret)).toEqual(wasm.curveSecret(pair.secret));
        const point = wasm.curvePublicKey(pair.publicKey)!;
        expect(native.curvePublicKey(pair.publicKey)).toEqual(point);
        expect(native.scalarmultBase(secret)).toEqual(wasm.scalarmultBase(secret));
        expect(native.multiplyBy(secret)(point)).toEqual(wasm.multiplyBy(secret)(point));
        expect(native.multiplyBy(secret)(seed)).toEqual(wasm.multiplyBy(secret)(seed)); // any point
        const signature = wasm.sign(message, pair.secret);
        expect(native.sign(message, pair.secret)).toEqual(signature);
        expect(native.verify(signature, message, pair.publicKey)).toBe(true);
        expect(native.auth(secret, message)).toEqual(wasm.auth(secret, message));
      }),
      { numRuns: 20 },
    );
  });

  it("refuses every point of low order, as a DH key and as an identity", () => {
    const secret = seedOf("s");
    for (const point of LOW_ORDER) {
      expect(native.multiplyBy(secret)(point)).toBeUndefined();
      expect(wasm.multiplyBy(secret)(point)).toBeUndefined();
      expect(native.curvePublicKey(point)).toEqual(wasm.curvePublicKey(point));
    }
  });

  it("refuses every key of mixed order as an identity, though its signatures hold", () => {
    for (const torsion of TORSION) {
      const { publicKey, sign } = mixedOrderSigner(torsion);
      const signature = sign(seedOf("m"));
      for (const sodium of [native, wasm]) {
        expect(sodium.verify(signature, seedOf("m"), publicKey)).toBe(true);
        expect(sodium.curvePublicKey(publicKey)).toBeUndefined();
      }
    }
  });

  it("refuses keys, boxes and signatures of the wrong size instead of reading past them", () => {
    for (const length of [0, 15, 31, 33]) {
      const short = new Uint8Array(length);
      expect(native.multiplyBy(seedOf("s"))(short)).toBeUndefined();
      expect(wasm.multiplyBy(seedOf("s"))(short)).toBeUndefined();
      expect(native.curvePublicKey(short)).toBeUndefined();
      expect(native.verify(new Uint8Array(64), seedOf("m"), short)).toBe(false);
      expect(native.verify(short, seedOf("m"), seedOf("k"))).toBe(false);
      expect(native.openBox(short, new Uint8Array(24), seedOf("k"))).toBeUndefined();
    }
  });

  it("refuses a signature whose S is not below L", () => {
    const L = 2n ** 252n + 27742317777372353535851937790883648493n;
    const { publicKey, secret } = native.signingPair(seedOf("A"));
    const signature = native.sign(seedOf("m"), secret);
    let S = 0n;
    for (const byte of signature.subarray(32).toReversed()) S = (S << 8n) | BigInt(byte);
    for (let rest = S + L, index = 32; index < 64; index += 1, rest >>= 8n) {
      signature[index] = Number(rest & 0xffn);
    }
    expect(native.verify(signature, seedOf("m"), publicKey)).toBe(false);
    expect(wasm.verify(signature, seedOf("m"), publicKey)).toBe(false);
  });

  it("seals boxes that the other opens, and leaves a forged one alone", () => {
    const nonce = new Uint8Array(24);
    fc.assert(
      fc.property(text, key, (message, secret) => {
        const box = native.sealBox(message, nonce, secret);
        expect(wasm.sealBox(message, nonce, secret)).toEqual(box);
        expect(native.openBox(box, nonce, secret)).toEqual(message);
        box[0]! ^= 1;
        expect(native.openBox(box, nonce, secret)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

describe("either sodium", () => {
  afterAll(() => choose(requireSodiumNative));

  const suites = {
    aead64k: [() => new AeadSealer(seedOf("k")), () => new AeadOpener(seedOf("k"))],
    "box-stream": [
      () => new BoxStreamSealer(seedOf("k"), new Uint8Array(24)),
      () => new BoxStreamOpener(seedOf("k"), new Uint8Array(24)),
    ],
    compact: [
      () => new CompactSealer(seedOf("k"), new Uint8Array(24)),
      () => new CompactOpener(seedOf("k"), new Uint8Array(24)),
    ],
  } as const;
  const writes = [1, 40, 4096, 5119, 5120, 65_536, 65_537, 200_000].map((length) =>
    Buffer.alloc(length, `${length} `),
  );

  it.runIf(installed).each(["aead64k", "box-stream", "compact"] as const)(
    "seals the same %s records, which the other opens",
    async (suite) => {
      const [sealer, opener] = suites[suite];
      const wires: Buffer[] = [];
      for (const load of [undefined, requireSodiumNative]) {
        await choose(load);
        const sealing = sealer();
        wires.push(Buffer.concat(writes.map((write) => seal(sealing, write))));
      }
      const [byWasm = Buffer.alloc(0), byNative = Buffer.alloc(0)] = wires;
      expect(byNative.equals(byWasm)).toBe(true);
      for (const load of [undefined, requireSodiumNative]) {
        await choose(load);
        const opened = textOf(openAll(opener(), byWasm));
        expect(opened === Buffer.concat(writes).toString()).toBe(true);
        const forged = Buffer.from(byWasm);
        forged[forged.length - 1]! ^= 1;
        expect(() => openAll(opener(), forged)).toThrow("tampered");
      }
    },
  );

  it("shakes the same hands", async () => {
    const handshakes = [];
    for (const load of [undefined, requireSodiumNative]) {
      await choose(load);
      handshakes.push(shakeHands({ suite: "aead64k" }).messages.map((message) => hex(message)));
    }
    expect(handshakes[0]).toEqual(handshakes[1]);
  });

  it("is WebAssembly when the addon is switched off, is missing, does not load or lacks a function", async () => {
    await choose(undefined);
    expect(accelerator()).toEqual({ name: "none", reason: "switched off" });
    await choose(() => {
      throw new Error("sodium.node: invalid ELF header\nRequire stack:");
    });
    expect(accelerator()).toEqual({
      name: "none",
      reason: "Error: sodium.node: invalid ELF header",
    });
    await choose(() => ({}));
    expect(accelerator()).toEqual({
      name: "none",
      reason: "TypeError: sodium-native has no crypto_auth",
    });
    expect(shakeHands({ suite: "aead64k" }).client.suite).toBe("aead64k");
  });
});
