import { decode, encode } from "handfast/capnp";
import { describe, expect, it } from "vitest";
import { AddressBook } from "./golden/addressbook.capnp.ts";
import { Trip, Trip2 } from "./golden/enums.capnp.ts";
import { New, Old } from "./golden/evolution.capnp.ts";
import { Person } from "./golden/groups.capnp.ts";
import { After, Before } from "./golden/list-upgrade.capnp.ts";
import { Signal } from "./golden/large-union.capnp.ts";
import { Lists } from "./golden/lists.capnp.ts";
import { Job } from "./golden/named-union.capnp.ts";
import { Pretty } from "./golden/names.capnp.ts";
import { Grid } from "./golden/nested-lists.capnp.ts";
import { Expression } from "./golden/nested-unions.capnp.ts";
import { A } from "./golden/nesting.capnp.ts";
import { Endless, PointerDefaults } from "./golden/pointer-defaults.capnp.ts";
import { Tree } from "./golden/recursion.capnp.ts";
import { Reserved, Sizes, Words } from "./golden/reserved.capnp.ts";
import { Defaults } from "./golden/scalar-defaults.capnp.ts";
import { Scalars } from "./golden/scalars.capnp.ts";
import { Bare, Shape } from "./golden/unnamed-union.capnp.ts";
import { through } from "./through.ts";

describe("fields", () => {
  it("of every scalar type hold their extremes", () => {
    const low = {
      nothing: null,
      flag: true,
      i8: -128,
      i16: -32768,
      i32: -2147483648,
      i64: -(2n ** 63n),
      u8: 255,
      u16: 65535,
      u32: 4294967295,
      u64: 2n ** 64n - 1n,
      f32: -1.5,
      f64: Number.MIN_VALUE,
      another: false,
    };
    expect(through(Scalars, low).toObject()).toEqual(low);
  });

  it("that nobody set read as zero", () => {
    expect(through(Scalars, {}).toObject()).toEqual({
      nothing: null,
      flag: false,
      i8: 0,
      i16: 0,
      i32: 0,
      i64: 0n,
      u8: 0,
      u16: 0,
      u32: 0,
      u64: 0n,
      f32: 0,
      f64: 0,
      another: false,
    });
  });

  it("refuse a number that does not fit", () => {
    expect(() => encode(Scalars, { u8: 256 })).toThrow(
      expect.objectContaining({ code: "VALUE_OUT_OF_RANGE" }),
    );
  });
});

describe("defaults", () => {
  const written = {
    yes: true,
    i8: -8,
    i16: -1600,
    i32: -2147483648,
    i64: -(2n ** 63n),
    u8: 255,
    u16: 65535,
    u32: 4294967295,
    u64: 2n ** 64n - 1n,
    half: 0.5,
    third: 0.3333333333333333,
    nan32: NaN,
    nan64: NaN,
    infinite32: Infinity,
    infinite64: -Infinity,
    minusZero: -0,
    colour: "green",
  } as const;

  it("are what a field reads as that nobody set", () => {
    expect(through(Defaults, {}).toObject()).toEqual(written);
    expect(Object.is(through(Defaults, {}).minusZero, -0)).toBe(true);
  });

  it("take no room in the message", () => {
    const words = new BigUint64Array(encode(Defaults, written).slice().buffer);
    expect([...words].slice(2).every((word) => word === 0n)).toBe(true);
  });

  it("give way to zero", () => {
    const zero = through(Defaults, { yes: false, i64: 0n, half: 0, nan64: 0, colour: "red" });
    expect([zero.yes, zero.i64, zero.half, zero.nan64, zero.colour]).toEqual([
      false,
      0n,
      0,
      0,
      "red",
    ]);
  });

  it("of pointer fields are read without being in the message", () => {
    const bytes = encode(PointerDefaults, {});
    const read = decode(PointerDefaults, bytes);
    expect(bytes.length).toBeLessThan(8 * 12);
    expect(read.text).toBe('grüß "Gott" \n');
    expect(read.data).toEqual(Uint8Array.of(0, 255, 16));
    expect(read.point.toObject()).toEqual({ x: 3, y: 4, name: "here" });
    expect(read.numbers.toArray()).toEqual([1, -2, 3]);
    expect(read.points.map(({ x, y }) => [x, y])).toEqual([
      [1, 7],
      [2, 5],
    ]);
    expect(read.words.toArray()).toEqual(["one", "two"]);
    expect(read.flags.toArray()).toEqual([true, false, true]);
    expect(read.matrix.map((row) => row.toArray())).toEqual([[1, 2], [], [3]]);
    expect(read.colours.toArray()).toEqual(["blue", "red"]);
  });

  it("that lack a default which they are in end there as plain objects", () => {
    const read = through(Endless, { name: "first" });
    const plain = read.toObject();
    const all = [{ name: "one" }, { name: "two" }];
    expect(plain).toMatchObject({ name: "first", next: { name: "next", next: { name: "last" } } });
    expect(plain.next?.next).not.toHaveProperty("next");
    expect(plain.all.map(({ name }) => ({ name }))).toEqual(all);
    expect(JSON.parse(JSON.stringify(read))).toEqual(plain);
    expect(read.next.next.next.next.next.next.name).toBe("last");
  });

  it("are copied when they are edited, and stay as they are", () => {
    through(PointerDefaults, {}).data.fill(9);
    expect(through(PointerDefaults, {}).data).toEqual(Uint8Array.of(0, 255, 16));
    const bytes = encode(PointerDefaults, through(PointerDefaults, {}));
    const edited = decode(PointerDefaults, encode(PointerDefaults, { point: { x: 9 } }));
    expect(edited.point.toObject()).toEqual({ x: 9, y: 7, name: "here" });
    expect(decode(PointerDefaults, bytes).point.x).toBe(3);
  });
});

describe("lists", () => {
  it("of every type hold what is put in", () => {
    const init = {
      nothings: [null, null],
      flags: [true, false, true, true, false, false, true, false, true],
      i8s: [-1, 2],
      i16s: [-300, 300],
      i32s: [-70000],
      i64s: [-5n, 2n ** 62n],
      u8s: [0, 255],
      u16s: [65535],
      u32s: [4294967295],
      u64s: [2n ** 64n - 1n],
      f32s: [0.5, -0.25],
      f64s: [Math.PI],
      texts: ["", "zwei", "三"],
      datas: [Uint8Array.of(), Uint8Array.of(1, 2)],
      colours: ["green", "red", 7] as const,
      points: [{ x: 1n, label: "a" }, { x: 2n, label: "" }, {}],
      small: [{ only: 1 }, { only: 2 }],
    };
    const read = through(Lists, init);
    expect(read.toObject()).toEqual({
      ...init,
      points: [
        { x: 1n, label: "a" },
        { x: 2n, label: "" },
        { x: 0n, label: "" },
      ],
      echoes: [],
    });
  });

  it("nest", () => {
    const init = {
      rows: [[1, 2], [], [3]],
      deep: [[["a"], []], [], [["b", "c"]]],
      cells: [[{ at: [1] }], [{ at: [2, 3], grid: { rows: [[9]] } }, {}]],
      masks: [[true], [false, true]],
    };
    const read = through(Grid, init);
    expect(read.deep.map((a) => a.map((b) => b.toArray()))).toEqual(init.deep);
    expect(read.cells.at(1)?.at(0)?.grid.rows.at(0)?.at(0)).toBe(9);
    expect(read.masks.at(-1)?.toArray()).toEqual([false, true]);
  });

  it("of numbers or text are read as lists of the structs they became", () => {
    const old = encode(Before, { numbers: [1, 2], texts: ["a", "b"], points: [{ x: 5 }] });
    const read = decode(After, old);
    expect(read.numbers.map(({ value, unit }) => [value, unit])).toEqual([
      [1, ""],
      [2, ""],
    ]);
    expect(read.texts.map(({ text, language }) => text + language)).toEqual(["aen", "ben"]);
    expect(read.points.map(({ x, y, name }) => [x, y, name])).toEqual([[5, 9, ""]]);
  });

  it("of structs are read as the numbers or text they once were", () => {
    const young = encode(After, {
      numbers: [{ value: 1, unit: "m" }],
      texts: [{ text: "a", language: "de" }],
    });
    const read = decode(Before, young);
    expect(read.numbers.toArray()).toEqual([1]);
    expect(read.texts.toArray()).toEqual(["a"]);
  });
});

describe("enums", () => {
  it("are their names, and numbers where the schema is newer", () => {
    const young = encode(Trip2, { from: "mars", to: "venus", via: ["mars", "mercury"] });
    const read = decode(Trip, young);
    expect([read.from, read.to, ...read.via]).toEqual([3, "venus", 3, "mercury"]);
  });

  it("keep an unknown enumerant when they are copied", () => {
    const young = encode(Trip2, { from: "mars" });
    const copy = encode(Trip, { from: decode(Trip, young).from });
    expect(decode(Trip2, copy).from).toBe("mars");
  });

  it("refuse a name that is none of theirs", () => {
    expect(() => encode(Trip, { to: "pluto" as "earth" })).toThrow(
      expect.objectContaining({ code: "VALUE_OUT_OF_RANGE" }),
    );
  });
});

describe("groups", () => {
  it("are parts of their struct", () => {
    const read = through(Person, {
      name: "Ada",
      address: { street: "Main", geo: { lat: 1.5, long: -2 } },
    });
    expect(read.address.number).toBe(1);
    expect(read.address.geo.toObject()).toEqual({ lat: 1.5, long: -2 });
    expect(read.toObject()).toEqual({
      name: "Ada",
      address: { street: "Main", number: 1, geo: { lat: 1.5, long: -2 } },
      tags: [],
    });
  });
});

describe("unions", () => {
  it("have exactly the member that was set", () => {
    const square = through(Shape, { area: 4, square: 2 });
    expect(square.which).toBe("square");
    expect(square.which === "square" && square.square).toBe(2);
    expect(square.toObject()).toEqual({ area: 4, square: 2 });
  });

  it.each([
    { circle: 1 },
    { polygon: [{ x: 1, y: 2 }] },
    { picture: Uint8Array.of(1) },
    { label: "x" },
    { nested: { area: 0, circle: 3 } },
    { point: null },
    { box: { width: 1, height: 2 } },
    { solid: true },
  ])("read what was written: %j", (member) => {
    expect(through(Shape, member).toObject()).toEqual({ area: 0, ...member });
  });

  it("may have very many members", () => {
    expect(through(Signal, { m64: "last but one" }).toObject()).toEqual({ m64: "last but one" });
    expect(through(Signal, { m65: null }).which).toBe("m65");
  });

  it("are their first member when nobody set any", () => {
    expect(through(Bare, {}).which).toBe("one");
  });

  it("say `undefined` for a member that only a newer schema has", () => {
    const read = decode(Old, encode(New, { id: 1, c: "new" }));
    expect(read.which).toBeUndefined();
    expect(read.toObject()).toEqual({ id: 1 });
  });

  it("keep a newer member when the struct is copied", () => {
    const old = decode(Old, encode(New, { id: 1, c: "new", more: 5n }));
    const copy = decode(New, encode(Old, old));
    expect(copy.toObject()).toEqual({ id: 1, c: "new", more: 5n, note: "none", list: [] });
  });

  it("with a name are groups", () => {
    const read = through(Job, { id: 1n, state: { running: { host: "h", since: 5n } } });
    expect(read.state.which === "running" && read.state.running.host).toBe("h");
    expect(read.priority.which).toBe("low");
    expect(through(Job, { priority: { high: 9 } }).priority.toObject()).toEqual({ high: 9 });
  });

  it("nest in groups of unions", () => {
    const sum = {
      binary: { left: { literal: 1 }, right: { negate: { literal: 2 } }, operator: { plus: null } },
    };
    expect(through(Expression, sum).toObject()).toEqual(sum);
  });
});

describe("evolution", () => {
  it("reads a message of the older schema with the newer's defaults", () => {
    const read = decode(New, encode(Old, { id: 7, b: 3 }));
    expect(read.toObject()).toEqual({ id: 7, b: 3, more: 12n, note: "none", list: [] });
  });
});

describe("names", () => {
  it("that mean something to JavaScript get a trailing underscore", () => {
    const init = {
      constructor_: "a",
      then_: "b",
      which_: "c",
      toJSON_: "d",
      class: "e",
      length: "f",
    };
    expect(through(Reserved, init).toObject()).toMatchObject(init);
  });

  it("of constants never hide what the type itself is made of", () => {
    expect([Sizes.size_, Sizes.fields_, Sizes.read_, Sizes.toString_]).toEqual([8, 9, "r", "s"]);
    expect(through(Sizes, { text: "t" }).text).toBe("t");
  });

  it("of enumerants may be those of every object", () => {
    expect(through(Words, {}).toObject()).toEqual({
      word: "constructor",
      words: ["default", "toString"],
    });
    const words = ["hasOwnProperty", "then", "null", "of"] as const;
    expect([...through(Words, { words }).words]).toEqual(words);
  });

  it("that an annotation gives are used as they are", () => {
    const read = through(Pretty, { fresh: "x", other: { a: 1 }, kind: "initial" });
    expect(read.fresh + String(read.other.a)).toBe("x1");
    expect(Pretty.Sort.enumerants).toEqual(["initial", "second"]);
  });

  it("of nested declarations are members of their scope", () => {
    expect(A.B.limit).toBe(9);
    expect(A.B.D.enumerants).toEqual(["x", "y"]);
    expect(through(A.B.C, { d: "y" }).d).toBe("y");
  });
});

describe("plain objects", () => {
  it("initialise deeply, and a reader is one too", () => {
    const book = through(AddressBook, {
      people: [
        {
          id: 1,
          name: "Alice",
          phones: [{ number: "555", type: "mobile" }],
          employment: { school: "MIT" },
        },
        { id: 2, name: "Bob", employment: { selfEmployed: null } },
      ],
    });
    expect(book.people.at(0)?.phones.at(0)?.type).toBe("mobile");
    const copied = through(AddressBook, { people: book.people.filter(({ id }) => id === 2) });
    expect(copied.people.map(({ name, employment }) => [name, employment.which])).toEqual([
      ["Bob", "selfEmployed"],
    ]);
    expect(JSON.parse(JSON.stringify(book))).toMatchObject({ people: [{ id: 1 }, { id: 2 }] });
  });

  it("of a recursive type may be as deep as wanted", () => {
    const leaf = { value: 3 };
    const read = through(Tree, {
      left: { right: leaf, children: [leaf, { value: 4 }] },
      forest: { first: leaf },
    });
    expect(read.left.right.value).toBe(3);
    expect(read.left.children.at(1)?.value).toBe(4);
    expect(read.right.left.right.value).toBe(0);
  });
});
