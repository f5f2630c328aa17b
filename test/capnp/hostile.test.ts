import fc from "fast-check";
import {
  Bool,
  ContentBuilder,
  decodeMessage,
  encode,
  encodeMessage,
  FrameWriter,
  List,
  MAX_CAP_DESCRIPTORS,
  type PointerType,
  Void,
} from "handfast/capnp";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/base/index.ts";
import { viewOf } from "../../src/capnp/segment.ts";
import { copyContent, ReceivedContent } from "../../src/capnp/payload.ts";
import { anyMessage } from "./message-arbitrary.ts";
import { outcome, surrounded } from "./surrounded.ts";
import { anyZoo, scattered } from "./zoo-arbitrary.ts";
import { Named, Numbers, Point, Zoo } from "./zoo.capnp.ts";

/** Words that reading a mutant may visit: few, so that a run takes seconds, not hours. */
const MUTANT_BUDGET_WORDS = 10_000;

function rootOf(bytes: Uint8Array, type: PointerType, filling = 0, budgetWords?: number): string {
  const [first] = surrounded(bytes, filling, budgetWords).segments;
  return outcome(() => new ReceivedContent(first!, first!.start, 64).root(type));
}

/** The bytes with some words overwritten by what makes most trouble; the frame stays as it is. */
const mutations = fc.array(
  fc.tuple(
    fc.nat(),
    fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.constantFrom(0n, 1n, 2n, 3n, 4n, 6n, 2n ** 64n - 1n, 0xffff_fff8_0000_0001n),
      fc.integer({ min: 0, max: 63 }).map((bit) => 1n << BigInt(bit)),
    ),
    fc.boolean(),
  ),
  { minLength: 1, maxLength: 4 },
);

function mutant(bytes: Uint8Array, changes: readonly (readonly [number, bigint, boolean])[]) {
  const copy = bytes.slice();
  const view = viewOf(copy);
  const table = Math.ceil((2 + view.getUint32(0, true)) / 2);
  const words = copy.length / 8 - table;
  for (const [where, word, flip] of changes) {
    if (words === 0) continue;
    const at = (table + (where % words)) * 8;
    view.setBigUint64(at, flip ? view.getBigUint64(at, true) ^ word : word, true);
  }
  return copy;
}

describe("a mutant of a message", () => {
  const readsAlike = (bytes: Uint8Array, type: PointerType) => {
    const before = bytes.slice();
    const read = (filling: number) => rootOf(bytes, type, filling, MUTANT_BUDGET_WORDS);
    expect(read(0xff)).toBe(read(0));
    expect(Buffer.compare(before, bytes)).toBe(0);
  };

  it("is read within its bounds or refused with a typed error", () => {
    fc.assert(
      fc.property(
        anyZoo,
        fc.boolean(),
        fc.array(mutations, { minLength: 10 }),
        (zoo, apart, all) => {
          const bytes = encode(Zoo, apart ? scattered(zoo) : zoo);
          for (const changes of all) readsAlike(mutant(bytes, changes), Zoo);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("is copied within its bounds or refused with a typed error", () => {
    fc.assert(
      fc.property(anyZoo, mutations, (zoo, changes) => {
        const bytes = mutant(encode(Zoo, zoo), changes);
        const copyOf = (filling: number) =>
          outcome(() => {
            const [first] = surrounded(bytes, filling, MUTANT_BUDGET_WORDS).segments;
            const copy = new ContentBuilder("call");
            const content = new ReceivedContent(first!, first!.start, 64);
            copyContent(content, copy.arena.first, copy.pointer);
            return copy.asReceived().root(Zoo);
          });
        expect(copyOf(0xff)).toBe(copyOf(0));
      }),
      { numRuns: 300 },
    );
  });

  it("of the protocol is decoded or refused with a typed error", () => {
    fc.assert(
      fc.property(anyMessage, fc.array(mutations, { minLength: 10 }), (message, all) => {
        const writer = new FrameWriter();
        writer.add(encodeMessage(message));
        const bytes = concatBytes(...writer.take());
        for (const changes of all) {
          const changed = mutant(bytes, changes);
          const decoded = (filling: number) =>
            outcome(() => decodeMessage(surrounded(changed, filling, MUTANT_BUDGET_WORDS)));
          expect(decoded(0xff)).toBe(decoded(0));
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("a message made to hurt", () => {
  /** A single segment of these words. */
  const words = (...all: bigint[]) => segmentOf(all);
  const segmentOf = (all: readonly bigint[]) => {
    const bytes = Buffer.alloc(8 + all.length * 8);
    bytes.writeUInt32LE(all.length, 4);
    all.forEach((word, index) => bytes.writeBigUInt64LE(BigInt.asUintN(64, word), 8 + index * 8));
    return bytes;
  };
  const structPointer = (offset: number, dataWords: number, pointers: number) =>
    (BigInt(offset) << 2n) | (BigInt(dataWords) << 32n) | (BigInt(pointers) << 48n);
  const listPointer = (offset: number, size: number, count: number) =>
    1n |
    (BigInt.asUintN(30, BigInt(offset)) << 2n) |
    (BigInt(size) << 32n) |
    (BigInt(count) << 35n);

  it("leads in a circle", () => {
    // Zoo has 12 words of data and 25 pointers; `zoo`, pointer 3, leads back to the beginning.
    const circle = new Array<bigint>(38).fill(0n);
    circle[0] = structPointer(0, 12, 25);
    circle[1 + 12 + 3] = BigInt.asUintN(32, BigInt(-16) << 2n) | (12n << 32n) | (25n << 48n);
    expect(rootOf(words(...circle), Zoo)).toBe("NESTING_LIMIT");
  });

  it("is a list of very many of nothing", () => {
    const voids = words(listPointer(0, 0, 2 ** 29 - 1));
    expect(rootOf(voids, List(Void))).toBe("TRAVERSAL_LIMIT");
    expect(rootOf(voids, List(Point))).toBe("TRAVERSAL_LIMIT");
    const structs = words(listPointer(0, 7, 0), (2n ** 29n - 1n) << 2n);
    expect(rootOf(structs, List(Point))).toBe("TRAVERSAL_LIMIT");
  });

  it("has one large list that very many pointers lead to", () => {
    const target = 200_000;
    const pointers = 2000;
    const all = [listPointer(0, 6, pointers)];
    for (let i = 0; i < pointers; i++) all.push(listPointer(pointers - i - 1, 5, target));
    for (let i = 0; i < target; i++) all.push(0n);
    const [first] = surrounded(segmentOf(all), 0).segments;
    const lists = new ReceivedContent(first!, first!.start, 64).root(List(List(Numbers)));
    expect(outcome(() => lists.map(({ length }) => length))).toBe("TRAVERSAL_LIMIT");
  });

  it.each([
    ["a struct beyond the end", structPointer(1, 1, 0), "OUT_OF_BOUNDS"],
    ["a struct before the start", BigInt.asUintN(32, -8n) | (1n << 32n), "OUT_OF_BOUNDS"],
    ["a far pointer to no segment", 2n | (7n << 32n), "OUT_OF_BOUNDS"],
    ["a far pointer beyond its segment", 2n | (9n << 3n), "OUT_OF_BOUNDS"],
    ["a far pointer to itself", 2n, "WRONG_KIND"],
    ["a double far pointer to itself", 6n, "OUT_OF_BOUNDS"],
    ["a list where a struct is due", listPointer(0, 2, 0), "WRONG_KIND"],
    ["a capability where a struct is due", 3n, "WRONG_KIND"],
  ])("has %s", (_, word, code) => {
    expect(rootOf(words(word), Point)).toBe(code);
  });

  it("has a list of structs larger than its words", () => {
    expect(rootOf(words(listPointer(0, 7, 1), structPointer(2, 1, 0), 0n), List(Point))).toBe(
      "OUT_OF_BOUNDS",
    );
    expect(rootOf(words(listPointer(0, 7, 9), structPointer(2, 1, 0), 0n), List(Point))).toBe(
      "OUT_OF_BOUNDS",
    );
  });

  it("has a list whose tag is none", () => {
    expect(rootOf(words(listPointer(0, 7, 1), 1n, 0n), List(Point))).toBe("WRONG_KIND");
  });

  it("has bits where structs are due, or structs where bits are", () => {
    expect(rootOf(words(listPointer(0, 1, 5), 0n), List(Point))).toBe("WRONG_KIND");
    expect(rootOf(words(listPointer(0, 7, 1), structPointer(1, 1, 0), 0n), List(Bool))).toBe(
      "WRONG_KIND",
    );
  });

  it("has a Text without its end", () => {
    const name = (word: bigint, count: number) =>
      rootOf(words(structPointer(0, 0, 1), listPointer(0, 2, count), word), Named);
    expect(name(0x41n, 1)).toBe("TEXT_UNTERMINATED");
    expect(name(0x41n, 0)).toBe("TEXT_UNTERMINATED");
    expect(name(0x41n, 2)).toContain('"name":"A"');
    expect(name(0x41n, 9)).toBe("OUT_OF_BOUNDS");
  });

  it("has very many capabilities in no room", () => {
    const content = new ContentBuilder("return");
    content.fill(Point, {});
    const arena = encodeMessage({
      is: "return",
      answerId: 1,
      releaseParamCaps: false,
      noFinishNeeded: false,
      outcome: { is: "results", payload: { content, capTable: [{ is: "none" }] } },
    });
    const writer = new FrameWriter();
    writer.add(arena);
    const bytes = concatBytes(...writer.take());
    const view = viewOf(bytes);
    // The table's tag stands behind its only element's pointer: so many structs of no words.
    const tag = bytes.length - 24;
    view.setUint32(tag, (MAX_CAP_DESCRIPTORS + 1) << 2, true);
    view.setUint32(tag + 4, 0, true);
    expect(outcome(() => decodeMessage(surrounded(bytes, 0)))).toBe("ENVELOPE_INVALID");
  });

  it("pays for each landing pad, whatever it leads to", () => {
    // A struct of no words, behind a far pointer to the word after it.
    const [first] = surrounded(words(2n | (1n << 3n), 0xffff_fffcn), 0).segments;
    const { budgetWords } = first!.arena;
    new ReceivedContent(first!, first!.start, 64).root(Point);
    expect(first!.arena.budgetWords).toBe(budgetWords - 1);
  });

  it("is Unimplemented of Unimplemented, for ever", () => {
    const circle = words(
      structPointer(0, 1, 1),
      0n,
      BigInt.asUintN(32, -8n) | (1n << 32n) | (1n << 48n),
    );
    expect(outcome(() => decodeMessage(surrounded(circle, 0)))).toBe("NESTING_LIMIT");
    expect(outcome(() => decodeMessage(surrounded(words(0n), 0)))).toBe("ENVELOPE_INVALID");
  });

  it("costs a copy no more than its size warrants", () => {
    const all = [structPointer(0, 0, 2)];
    // Each of 60 structs has two pointers to the next: 2^60 paths.
    for (let i = 0; i < 60; i++) all.push(structPointer(1, 0, 2), structPointer(0, 0, 2));
    all.push(0n, 0n);
    const [first] = surrounded(words(...all), 0).segments;
    const copy = new ContentBuilder("call");
    const copied = outcome(() => {
      copyContent(new ReceivedContent(first!, first!.start, 64), copy.arena.first, copy.pointer);
    });
    expect(copied).toBe("TRAVERSAL_LIMIT");
    expect(copy.sizeWords).toBeLessThan(5000);
  });
});
