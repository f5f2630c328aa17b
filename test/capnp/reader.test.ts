import { inspect } from "node:util";
import fc from "fast-check";
import { decode, encode } from "handfast/capnp";
import { describe, expect, it } from "vitest";
import { anyZoo } from "./zoo-arbitrary.ts";
import {
  Named,
  NamedList,
  Names,
  Numbers,
  Point,
  Points,
  PointsV0,
  PointsV2,
  PointV0,
  PointV2,
  Zoo,
} from "./zoo.capnp.ts";

describe("an absent field", () => {
  const empty = decode(Zoo, encode(Zoo, {}));

  it("reads as its default", () => {
    expect(empty).toMatchObject({
      boolDefault: true,
      int8Default: -5,
      uint16Default: 40_000,
      int32Default: -123_456,
      uint32Default: 4_000_000_000,
      int64Default: -5n,
      float32Default: 1.5,
      float64Default: -Infinity,
      textDefault: "hello",
      dataDefault: new Uint8Array([1, 2, 3]),
      colorDefault: "blue",
    });
    expect(empty.pointDefault.toObject()).toEqual({ x: 7, y: -7 });
    expect(empty.listDefault.toArray()).toEqual([1, 2, 3]);
    expect(empty.which).toBe("nothing");
  });

  it("reads as its default in a struct from before it was added", () => {
    // A struct of no words at all, which is what the oldest schema would have written.
    const ancient = decode(
      Zoo,
      new Uint8Array([0, 0, 0, 0, 1, 0, 0, 0, 252, 255, 255, 255, 0, 0, 0, 0]),
    );
    expect(ancient.toObject()).toEqual(empty.toObject());
  });

  it("is as deep as one likes", () => {
    expect(empty.zoo.zoo.zoo.zoo.zoo.textDefault).toBe("hello");
    expect(empty.zoo.zoos.length).toBe(0);
    expect(empty.zoo.any.kind).toBe("null");
    expect(empty.any.as(Point).x).toBe(0);
  });
});

describe("schemas that evolved", () => {
  const v2 = { x: 1, y: 2, z: 3n, name: "four", tags: ["five"] };

  it("read each other's structs", () => {
    expect(decode(PointV2, encode(PointV0, { x: 1 })).toObject()).toEqual({
      x: 1,
      y: 0,
      z: 0n,
      name: "",
      tags: [],
    });
    expect(decode(PointV0, encode(PointV2, v2)).x).toBe(1);
  });

  it("read each other's lists of structs", () => {
    const older = decode(PointsV2, encode(PointsV0, { points: [{ x: 1 }, { x: 2 }] }));
    expect(older.points.map(({ x, z, name }) => [x, z, name])).toEqual([
      [1, 0n, ""],
      [2, 0n, ""],
    ]);
    const newer = decode(Points, encode(PointsV2, { points: [v2, v2] }));
    expect(newer.points.map(({ x, y }) => [x, y])).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it("turn a list of numbers into one of structs, and back", () => {
    const numbers = encode(Numbers, { points: [4, -5] });
    expect(decode(PointsV2, numbers).points.map(({ x, y, tags }) => [x, y, tags.length])).toEqual([
      [4, 0, 0],
      [-5, 0, 0],
    ]);
    const points = encode(PointsV2, { points: [{ ...v2, x: 4 }, { x: -5 }] });
    expect(decode(Numbers, points).points.toArray()).toEqual([4, -5]);
  });

  it("turn a list of texts into one of structs, and back", () => {
    const names = encode(Names, { names: ["Ann", "Bob"] });
    expect(decode(NamedList, names).names.map(({ name, age }) => [name, age])).toEqual([
      ["Ann", 0],
      ["Bob", 0],
    ]);
    const people = encode(NamedList, { names: [{ name: "Ann", age: 7 }, { age: 8 }] });
    expect(decode(Names, people).names.toArray()).toEqual(["Ann", ""]);
  });

  it("cannot turn a list of bits into anything", () => {
    const bits = encode(Zoo, { bools: [true] });
    const list = decode(Zoo, bits);
    expect(list.bools.at(0)).toBe(true);
    expect(() => decode(Zoo, encode(Zoo, { points: [{ x: 1 }] })).points).not.toThrow();
  });

  it("keep enumerants and union members that they do not know", () => {
    const bytes = encode(Zoo, { color: 77, colors: ["red", 78], number: 5 });
    const zoo = decode(Zoo, bytes);
    expect(zoo.color).toBe(77);
    expect(zoo.colors.toArray()).toEqual(["red", 78]);
    new DataView(bytes.buffer, bytes.byteOffset).setUint16(16 + 70, 9, true);
    expect(zoo.which).toBeUndefined();
    expect(zoo.toObject()).not.toHaveProperty("number");
  });
});

describe("what is read", () => {
  it("never changes the message", () => {
    fc.assert(
      fc.property(anyZoo, (init) => {
        const bytes = encode(Zoo, init);
        const before = bytes.slice();
        inspect(decode(Zoo, bytes), { depth: 9 });
        JSON.stringify(decode(Zoo, bytes));
        decode(Zoo, bytes).zoo.zoo.texts.toArray();
        expect(Buffer.compare(bytes, before)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it("is a view when it is Data, and a copy in a plain object", () => {
    const bytes = encode(Zoo, { data: new Uint8Array([1, 2, 3]) });
    const zoo = decode(Zoo, bytes);
    expect(zoo.data.buffer).toBe(bytes.buffer);
    expect(Object.getPrototypeOf(zoo.data)).toBe(Uint8Array.prototype);
    const plain = zoo.toObject() as { data: Uint8Array };
    bytes.fill(9);
    expect(plain.data).toEqual(new Uint8Array([1, 2, 3]));
  });

  it.each(["", "a\0b", "\uFEFFwith a byte order mark", "漢字 and 🦉", "x".repeat(1000)])(
    "is the very text: %j",
    (text) => {
      expect(decode(Named, encode(Named, { name: text })).name).toBe(text);
    },
  );

  it("replaces what is no UTF-8", () => {
    expect(decode(Named, encode(Named, { name: "\ud800" })).name).toBe("\ufffd");
  });

  it("is JSON with 64-bit integers as strings and Data in base64", () => {
    const zoo = decode(Zoo, encode(Zoo, { int64: -5n, data: new Uint8Array(3), float64: NaN }));
    expect(JSON.parse(JSON.stringify(zoo))).toMatchObject({
      int64: "-5",
      data: "AAAA",
      float64: "NaN",
      nothing: null,
    });
  });

  it("inspects as a plain object", () => {
    const { points } = decode(Points, encode(Points, { points: [{ x: 1, y: 2 }] }));
    expect(inspect(points)).toBe("[ { x: 1, y: 2 } ]");
  });
});

describe("a list", () => {
  const { texts } = decode(Zoo, encode(Zoo, { texts: ["a", "b", "c"] }));

  it("offers what an array does", () => {
    expect(texts.length).toBe(3);
    expect([texts.at(0), texts.at(-1), texts.at(3), texts.at(-4), texts.at(0.5)]).toEqual([
      "a",
      "c",
      undefined,
      undefined,
      undefined,
    ]);
    expect([...texts]).toEqual(["a", "b", "c"]);
    expect(texts.map((text, index) => text + String(index))).toEqual(["a0", "b1", "c2"]);
    expect(texts.filter((text) => text > "a")).toEqual(["b", "c"]);
    expect(texts.find((text) => text > "a")).toBe("b");
    expect(texts.find((text) => text > "c")).toBeUndefined();
    expect(texts.some((text) => text === "b")).toBe(true);
    expect(texts.every((text) => text === "b")).toBe(false);
    const visited: string[] = [];
    texts.forEach((text) => visited.push(text));
    expect(visited).toEqual(texts.toArray());
    expect(JSON.stringify(texts)).toBe('["a","b","c"]');
  });
});
