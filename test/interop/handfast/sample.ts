import { isDeepStrictEqual } from "node:util";
import { any } from "handfast/capnp";
import { Point, type Sample } from "./interop.capnp.ts";

const ANY: Point.Init = { x: 5, y: 6 };

/** What a sample reads as, but for the field of unknown type. */
const AS_READ = {
  yes: true,
  no: false,
  int8: -(2 ** 7),
  int16: -(2 ** 15),
  int32: -(2 ** 31),
  int64: -(2n ** 63n),
  uint8: 2 ** 8 - 1,
  uint16: 2 ** 16 - 1,
  uint32: 2 ** 32 - 1,
  uint64: 2n ** 64n - 1n,
  float32: 1.5,
  float64: -2.5e-300,
  unset: 42,
  inverted: 9,
  colour: "blue",
  text: "naïve 🦀",
  unsetText: "unset",
  data: Uint8Array.of(0x00, 0x01, 0xfe, 0xff),
  point: { x: -1, y: 2 },
  bools: Array.from({ length: 10 }, (_, index) => index % 3 === 0),
  int16s: [-1, 0, 1],
  float64s: [0.5, -Infinity, NaN],
  colours: ["blue", "red"],
  texts: ["", "one", "zwei"],
  points: [
    { x: 1, y: 2 },
    { x: 3, y: 4 },
  ],
  matrix: [[1], [], [2, 3]],
  range: { low: -5, high: 5 },
  label: "seven",
} as const;

/** The sample of interop.capnp. */
export function newSample(): Sample.Init {
  return { ...AS_READ, unset: undefined, unsetText: undefined, any: any(Point, ANY) };
}

/** The names of the fields that differ from the sample; empty when none does. */
export function differenceFromSample(sample: Sample.Reader): string {
  const actual: object = { ...sample.toObject(), any: sample.any.as(Point).toObject() };
  const expected: object = { ...AS_READ, any: ANY };
  const fields = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  const differs = (name: string) =>
    !isDeepStrictEqual(Reflect.get(actual, name), Reflect.get(expected, name));
  return [...fields].filter(differs).join(" ");
}
