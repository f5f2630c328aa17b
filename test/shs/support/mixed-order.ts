import { createHash } from "node:crypto";
import { concatBytes } from "../../../src/base/index.ts";
import { generateSeed, signingPair } from "../../../src/shs/primitives.ts";

/** The curve of Ed25519, RFC 8032 §5.1: -x² + y² = 1 + d·x²·y² over the integers modulo p. */
const p = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const d = modulo(-121665n * inverse(121666n));

type Point = readonly [x: bigint, y: bigint];

/** A canonical encoding of each point whose order divides 8, but for the neutral one. */
export const TORSION = [
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 2
  "0000000000000000000000000000000000000000000000000000000000000000", // order 4
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
].map((text) => Uint8Array.from(Buffer.from(text, "hex")));

/** A key `A + T`, and who can sign under it. */
export interface MixedOrderSigner {
  readonly publicKey: Uint8Array;
  /** A signature that `[S]B = R + [h](A + T)` holds for: one whose `h` makes `[h]T` vanish. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** Whoever knows the secret of `A` can use `A + T` for every point `T` of {@link TORSION}. */
export function mixedOrderSigner(torsion: Uint8Array): MixedOrderSigner {
  const { scalar: a, publicKey: A } = freshScalar();
  const publicKey = encode(add(decode(A), decode(torsion)));
  return {
    publicKey,
    sign: (message) => {
      for (;;) {
        const { scalar: r, publicKey: R } = freshScalar();
        const h = number(sha512(R, publicKey, message)) % L;
        if (h % 8n === 0n) return concatBytes(R, bytes((r + h * a) % L));
      }
    },
  };
}

/** A random scalar and its multiple of the base point, by way of a seed. */
function freshScalar(): { readonly scalar: bigint; readonly publicKey: Uint8Array } {
  const seed = generateSeed();
  const half = sha512(seed).slice(0, 32);
  half[0] = half[0]! & 248;
  half[31] = (half[31]! & 127) | 64;
  return { scalar: number(half), publicKey: signingPair(seed).publicKey };
}

function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(
    createHash("sha512")
      .update(concatBytes(...parts))
      .digest(),
  );
}

function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const both = modulo(d * x1 * x2 * y1 * y2);
  return [
    modulo((x1 * y2 + y1 * x2) * inverse(1n + both)),
    modulo((y1 * y2 + x1 * x2) * inverse(1n - both)),
  ];
}

function encode([x, y]: Point): Uint8Array {
  return bytes(y | ((x & 1n) << 255n));
}

/** RFC 8032 §5.1.3. */
function decode(encoded: Uint8Array): Point {
  const whole = number(encoded);
  const y = whole & (2n ** 255n - 1n);
  const square = modulo((y * y - 1n) * inverse(d * y * y + 1n));
  let x = power(square, (p + 3n) / 8n);
  if (modulo(x * x) !== square) x = modulo(x * power(2n, (p - 1n) / 4n));
  if (modulo(x * x) !== square) throw new RangeError("not a point");
  return [(x & 1n) === whole >> 255n ? x : modulo(-x), y];
}

function modulo(value: bigint): bigint {
  return ((value % p) + p) % p;
}

function inverse(value: bigint): bigint {
  return power(modulo(value), p - 2n);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let [square, rest] = [base, exponent]; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = modulo(result * square);
    square = modulo(square * square);
  }
  return result;
}

/** Little-endian, as everywhere in Ed25519. */
function number(encoded: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(encoded).reverse().toString("hex")}`);
}

function bytes(value: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse());
}
