import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { decode, decodePacked, encode, encodePacked } from "handfast/capnp";
import { Everything } from "./golden/everything.capnp.ts";

const SCHEMA = fileURLToPath(new URL("schemas/everything.capnp", import.meta.url));
const MAX_OUTPUT_BYTES = 1024 * 1024 * 1024;

export interface ParityOptions {
  readonly runs: number;
  readonly packed: boolean;
  /** Makes `capnp` start a new segment at this size, so that far pointers come up. */
  readonly segmentWords?: number | undefined;
  readonly seed?: number | undefined;
}

/** One value and what became of it on its ways through the reference implementation. */
export interface Journey {
  readonly init: Everything.Init;
  /** What our reader sees in our own bytes. */
  readonly ours: object;
  /** What it sees once `capnp` has decoded those and encoded them again. */
  readonly theirs: object;
  /** What `capnp decode` prints for our bytes, and for our copy of theirs. */
  readonly text: string;
  readonly textAgain: string;
}

/** Sends random values of every type through `capnp decode` and `capnp encode`, all in one go. */
export function journeys({ runs, packed, segmentWords, seed }: ParityOptions): readonly Journey[] {
  const inits = fc.sample(everything, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
  const [write, read] = packed ? [encodePacked, decodePacked] : [encode, decode];
  const flags = packed ? ["--packed"] : [];

  const ours = inits.map((init) => write(Everything, init));
  const texts = decodeAll(ours, flags);
  const theirs = encodeAll(texts, [
    ...flags,
    ...(segmentWords === undefined ? [] : [`--segment-size=${segmentWords}`]),
  ]);
  const readers = theirs.map((bytes) => read(Everything, bytes));
  const copies = readers.map((reader) => write(Everything, reader));
  const again = decodeAll(copies, flags);
  return inits.map((init, i) => ({
    init,
    ours: read(Everything, ours[i]!).toObject(),
    theirs: readers[i]!.toObject(),
    text: texts[i]!,
    textAgain: again[i]!,
  }));
}

/** The text form of each message; `--short` writes one a line. */
function decodeAll(messages: readonly Uint8Array[], flags: readonly string[]): readonly string[] {
  const output = capnp(["decode", "--short", ...flags], Buffer.concat(messages));
  return output.toString("utf8").trimEnd().split("\n");
}

/** One process each: `capnp encode` is unsure where one of several values ends. */
function encodeAll(texts: readonly string[], flags: readonly string[]): readonly Uint8Array[] {
  return texts.map((text) => capnp(["encode", ...flags], text));
}

function capnp([command, ...flags]: readonly string[], input: string | Buffer): Buffer {
  const args = [command!, ...flags, SCHEMA, "Everything"];
  const { status, stdout, stderr } = spawnSync("capnp", args, {
    input,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  if (status !== 0) throw new Error(`capnp ${command!}: ${stderr.toString("utf8")}`);
  return stdout;
}

const u = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const i = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const i64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
// `capnp decode` prints eight digits of a Float32, which is not all of every one.
const f32 = fc.oneof(
  i(20).map((it) => it / 8),
  fc.constantFrom(Infinity, -Infinity, NaN),
);
// Nor does it read back the minus of a zero.
const f64 = fc.double().map((it) => (it === 0 ? 0 : it));
// `capnp encode` counts brackets to find where the value ends, those in strings too.
const text = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .map((it) => it.replace(/[()[\]]/g, "?"));
const data = fc
  .uint8Array({ maxLength: 12 })
  .map((bytes) => bytes.map((it) => (isBracket(it) ? 0 : it)));
const colour = fc.constantFrom("red", "green", "blue");
const some = <T>(element: fc.Arbitrary<T>) => fc.array(element, { maxLength: 5 });

const small = fc.record({ x: u(16), y: text, z: fc.boolean() }, { requiredKeys: [] });

function isBracket(byte: number): boolean {
  return "()[]".includes(String.fromCharCode(byte));
}

/** A union is one of its members, or left alone. */
const member = fc.oneof(
  fc.record({ none: fc.constant(null) }),
  fc.record({ number: i(16) }),
  fc.record({ words: text }),
  fc.record({ child: small }),
  fc.record({ pair: fc.record({ left: u(8), right: text }, { requiredKeys: [] }) }),
  fc.record({}),
);

const choice = fc.oneof(
  fc.record({ yes: fc.boolean() }),
  fc.record({ no: fc.constant(null) }),
  fc.record({ many: some(small) }),
);

const defaulted = fc.record(
  {
    bool: fc.boolean(),
    i16: i(16),
    u64,
    f32,
    f64,
    text,
    data,
    colour,
    small,
    list: some(i(16)),
  },
  { requiredKeys: [] },
);

const { everything } = fc.letrec<{ everything: Everything.Init }>((tie) => {
  const self = tie("everything");
  const fields = fc.record(
    {
      bool: fc.boolean(),
      i8: i(8),
      i16: i(16),
      i32: i(32),
      i64,
      u8: u(8),
      u16: u(16),
      u32: u(32),
      u64,
      f32,
      f64,
      text,
      data,
      self: fc.option(self, { maxDepth: 2, nil: undefined }),
      colour,
      bools: some(fc.boolean()),
      i8s: some(i(8)),
      i64s: some(i64),
      i16s: some(i(16)),
      i32s: some(i(32)),
      u8s: some(u(8)),
      u16s: some(u(16)),
      u32s: some(u(32)),
      u64s: some(u64),
      f32s: some(f32),
      f64s: some(f64),
      texts: some(text),
      datas: some(data),
      structs: fc.option(fc.array(self, { maxLength: 2 }), { maxDepth: 2, nil: undefined }),
      smalls: some(small),
      colours: some(colour),
      matrix: some(some(i(32))),
      voids: some(fc.constant(null)),
      choice,
      group: fc.record({ a: u64, b: text }, { requiredKeys: [] }),
      defaulted,
      map: fc.record({ entries: some(fc.record({ key: text, value: small })) }),
    },
    { requiredKeys: [] },
  );
  return { everything: fc.tuple(fields, member).map(([common, one]) => ({ ...common, ...one })) };
});
