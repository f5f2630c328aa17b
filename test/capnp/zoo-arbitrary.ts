/** Arbitrary values of a struct that has one field of everything. */
import fc from "fast-check";
import { BuildArena } from "../../src/capnp/build-arena.ts";
import type { Color, Point, Zoo } from "./zoo.capnp.ts";

const int = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
// The capnp tool prints a Float32 with fewer digits than it takes to read it back, though not one
// of these, and drops the sign of -0.
const float32 = fc.oneof(
  fc.integer({ min: -(2 ** 18), max: 2 ** 18 }).map((eighths) => eighths / 8),
  fc.constantFrom(NaN, Infinity, -Infinity),
);
const float64 = fc.double().map((value) => (value === 0 ? 0 : value));
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const data = fc.uint8Array({ maxLength: 40 });
const color: fc.Arbitrary<Color> = fc.constantFrom("red", "green", "blue");
const point: fc.Arbitrary<Point.Init> = fc.record({ x: int(32), y: int(32) }, { requiredKeys: [] });
const list = <T>(element: fc.Arbitrary<T>) => fc.array(element, { maxLength: 9 });

const member = fc.oneof(
  fc.constant({}),
  fc.constant({ nothing: null }),
  fc.record({ number: uint(32) }),
  fc.record({ name: text }),
);

const { zoo } = fc.letrec<{ zoo: Zoo.Init }>((tie) => ({
  zoo: fc
    .tuple(
      fc.record(
        {
          bool: fc.boolean(),
          int8: int(8),
          int16: int(16),
          int32: int(32),
          int64,
          uint8: uint(8),
          uint16: uint(16),
          uint32: uint(32),
          uint64,
          float32: float32,
          float64: float64,
          boolDefault: fc.boolean(),
          int8Default: int(8),
          uint16Default: uint(16),
          int32Default: int(32),
          uint32Default: uint(32),
          int64Default: int64,
          float32Default: float32,
          float64Default: float64,
          text,
          data,
          textDefault: text,
          dataDefault: data,
          point,
          pointDefault: point,
          color,
          colorDefault: color,
          bools: list(fc.boolean()),
          voids: list(fc.constant(null)),
          int8s: list(int(8)),
          uint16s: list(uint(16)),
          int32s: list(int(32)),
          uint64s: list(uint64),
          float32s: list(float32),
          float64s: list(float64),
          texts: list(text),
          datas: list(data),
          colors: list(color),
          points: list(point),
          matrix: list(list(int(32))),
          listDefault: list(int(32)),
          place: fc.record({ longitude: float64, label: text }, { requiredKeys: [] }),
          zoo: fc.option(tie("zoo"), { nil: undefined, maxDepth: 3, depthIdentifier: "zoo" }),
          zoos: fc.oneof(
            { maxDepth: 3, depthIdentifier: "zoo" },
            fc.constant([]),
            fc.array(tie("zoo"), { maxLength: 2 }),
          ),
        },
        { requiredKeys: [] },
      ),
      member,
    )
    .map(([fields, union]) => ({ ...fields, ...union })),
}));

export const anyZoo: fc.Arbitrary<Zoo.Init> = zoo;

/**
 * The same value, but something else is built between any two of its fields: its message cannot
 * grow where it is, and goes on in a new segment each time.
 */
export function scattered<T>(init: T): T {
  if (typeof init !== "object" || init === null || init instanceof Uint8Array) return init;
  return new Proxy(init, {
    get(target, key) {
      new BuildArena(1);
      return scattered<unknown>(Reflect.get(target, key));
    },
  });
}
