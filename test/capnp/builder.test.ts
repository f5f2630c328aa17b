import fc from "fast-check";
import { concatBytes } from "../../src/base/index.ts";
import {
  any,
  AnyPointer,
  type CapnpError,
  ContentBuilder,
  decode,
  encode,
  encodeMessage,
  FrameWriter,
  initList,
  List,
  MAX_GATHERED,
  type Struct,
} from "handfast/capnp";
import { describe, expect, it } from "vitest";
import { anyZoo } from "./zoo-arbitrary.ts";
import { Point, PointV0, PointV2, Points, PointsV0, PointsV2, Zoo } from "./zoo.capnp.ts";

function building() {
  const content = new ContentBuilder("call");
  const zoo = content.root(Zoo);
  const read = () => content.asReceived().root(Zoo);
  const bytes = () => {
    const { bytes: memory, start, end } = content.arena.first;
    return memory.subarray(start, end);
  };
  return { content, zoo, read, bytes };
}

/** So that lint does not take an assignment to itself for a mistake. */
const same = <T>(value: T): T => value;

const thrown = (code: CapnpError["code"], blame: CapnpError["blame"]): unknown =>
  expect.objectContaining({ name: "CapnpError", code, blame });

describe("a builder", () => {
  it("reads back what was set, before anything is sent", () => {
    const { zoo } = building();
    zoo.text = "one";
    zoo.uint64 = 2n ** 64n - 1n;
    zoo.point.x = -1;
    zoo.points = [{ x: 1 }, { y: 2 }];
    zoo.points.at(1)!.x = 9;
    zoo.colors = ["blue"];
    zoo.name = "member";
    zoo.place = { label: "here" };
    zoo.place.longitude = 1.5;
    expect(zoo).toMatchObject({ text: "one", uint64: 2n ** 64n - 1n, which: "name" });
    expect(zoo.points.toObject()).toEqual([
      { x: 1, y: 0 },
      { x: 9, y: 2 },
    ]);
    expect(zoo.point.toObject()).toEqual({ x: -1, y: 0 });
    expect(zoo.place.toObject()).toEqual({ longitude: 1.5, label: "here" });
    expect(zoo.colors.toArray()).toEqual(["blue"]);
  });

  it("starts a default of its own where a pointer has one", () => {
    const { zoo } = building();
    expect(zoo.float64Default).toBe(-Infinity);
    zoo.float64Default = 0;
    zoo.boolDefault = false;
    zoo.int8Default = 0;
    zoo.int64Default = 0n;
    zoo.colorDefault = "red";
    expect(zoo).toMatchObject({
      float64Default: 0,
      boolDefault: false,
      int8Default: 0,
      int64Default: 0n,
      colorDefault: "red",
    });
  });

  it("sets one element of a list, and no more than there are", () => {
    const { zoo } = building();
    zoo.int32s = [1, 2, 3];
    zoo.int32s.set(1, 20);
    zoo.bools = [true, true, true];
    zoo.bools.set(1, false);
    zoo.texts = ["a", "b"];
    zoo.texts.set(0, "a longer text");
    zoo.points = [{ x: 1 }];
    zoo.points.set(0, { y: 5 });
    expect(zoo.int32s.toArray()).toEqual([1, 20, 3]);
    expect(zoo.bools.toArray()).toEqual([true, false, true]);
    expect(zoo.texts.toArray()).toEqual(["a longer text", "b"]);
    expect(() => zoo.int32s.set(3, 0)).toThrow(thrown("VALUE_OUT_OF_RANGE", "caller"));
    expect(() => zoo.int32s.set(-1, 0)).toThrow(thrown("VALUE_OUT_OF_RANGE", "caller"));
  });

  it("fills a list in place", () => {
    const { content } = building();
    const points = initList((content.root(Points) as unknown as Struct).$, 0, List(Point), 3);
    points.forEach((point, index) => {
      point.x = index;
    });
    expect(
      content
        .asReceived()
        .root(Points)
        .points.map(({ x }) => x),
    ).toEqual([0, 1, 2]);
  });

  it.each([
    ["uint8", 256],
    ["uint8", -1],
    ["int8", 128],
    ["int8", -129],
    ["int16", 32_768],
    ["uint16", 65_536],
    ["int32", 2 ** 31],
    ["uint32", -1],
    ["uint32", 2 ** 32],
    ["int32", 1.5],
    ["uint8", NaN],
    ["int64", 2n ** 63n],
    ["uint64", -1n],
    ["color", "purple"],
  ])("refuses a value that %s cannot hold: %s", (field, value) => {
    expect(() => encode(Zoo, { [field]: value })).toThrow(thrown("VALUE_OUT_OF_RANGE", "caller"));
  });
});

describe("what is overwritten", () => {
  it("leaves no trace in the message", () => {
    const { zoo, bytes } = building();
    zoo.text = "secret-text";
    zoo.zoos = [{ texts: ["secret-list"], zoo: { text: "secret-deep" } }];
    zoo.any = any(Zoo, { text: "secret-any" });
    zoo.text = "public";
    zoo.zoos = [];
    zoo.any = any(Point, { x: 1 });
    expect(Buffer.from(bytes()).toString("latin1")).not.toContain("secret");
  });

  it("may be assigned to itself", () => {
    const { zoo, read } = building();
    zoo.point = { x: 1, y: 2 };
    zoo.point = same(zoo.point);
    zoo.texts = ["a", "b"];
    zoo.texts = same(zoo.texts);
    zoo.points = [{ x: 3 }];
    zoo.points.set(0, zoo.points.at(0)!);
    zoo.data = new Uint8Array([1, 2, 3]);
    zoo.data = same(zoo.data);
    expect(read().toObject()).toMatchObject({
      point: { x: 1, y: 2 },
      texts: ["a", "b"],
      points: [{ x: 3, y: 0 }],
      data: new Uint8Array([1, 2, 3]),
    });
  });

  it("may be assigned a part of itself", () => {
    const { zoo, read } = building();
    zoo.zoo = { zoo: { text: "grandchild" } };
    zoo.zoo = zoo.zoo.zoo;
    expect(read().zoo.text).toBe("grandchild");
  });
});

describe("a builder that is set many times", () => {
  const members = ["nothing", "number", "name"] as const;
  /** What remains when `later` is set over `earlier`. */
  function over(earlier: Zoo.Init, later: Zoo.Init): Zoo.Init {
    const rest: Record<string, unknown> = { ...earlier };
    if (members.some((name) => name in later))
      for (const name of members) Reflect.deleteProperty(rest, name);
    return { ...rest, ...later };
  }

  it("holds what was set last, and nothing else", () => {
    fc.assert(
      fc.property(fc.array(anyZoo, { maxLength: 6 }), (inits) => {
        const { zoo, read } = building();
        for (const init of inits) {
          for (const [name, value] of Object.entries(init)) {
            if (value !== undefined) Reflect.set(zoo, name, value);
          }
        }
        const defined = inits.map((init) =>
          Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined)),
        );
        const last = defined.reduce(over, {});
        expect(read().toObject()).toEqual(decode(Zoo, encode(Zoo, last)).toObject());
      }),
      { numRuns: 60 },
    );
  });
});

describe("a copy of what another schema wrote", () => {
  const newer = { x: 1, y: 2, z: 3n, name: "four", tags: ["five"] };

  it("keeps the fields that this schema does not know", () => {
    const received = decode(Point, encode(PointV2, newer));
    expect(decode(PointV2, encode(Point, received)).toObject()).toEqual(newer);
    const list = decode(Points, encode(PointsV2, { points: [newer] })).points;
    expect(decode(PointsV2, encode(Points, { points: list })).points.toObject()).toEqual([newer]);
  });

  it("can be edited in every field that this schema knows", () => {
    const { zoo, read } = building();
    zoo.any = any(PointV0, decode(PointV0, encode(PointV0, { x: 1 })));
    const point = zoo.any.edit(PointV2);
    point.z = 3n;
    point.name = "four";
    expect(read().any.as(PointV2).toObject()).toEqual({
      x: 1,
      y: 0,
      z: 3n,
      name: "four",
      tags: [],
    });
  });

  it("can be edited in every element of a list", () => {
    const { zoo, read } = building();
    zoo.any = any(PointsV0, decode(PointsV0, encode(PointsV0, { points: [{ x: 1 }, { x: 2 }] })));
    zoo.any.edit(PointsV2).points.at(1)!.name = "named";
    expect(
      read()
        .any.as(PointsV2)
        .points.map(({ x, name }) => [x, name]),
    ).toEqual([
      [1, ""],
      [2, "named"],
    ]);
  });
});

describe("a pointer of any type", () => {
  it("is set with a type, read with a type, copied without one", () => {
    const { zoo, read } = building();
    expect(zoo.any.kind).toBe("null");
    zoo.any = any(List(List(Point)), [[{ x: 1 }], []]);
    const again = encode(Zoo, { any: zoo.any });
    expect(decode(Zoo, again).any.kind).toBe("list");
    expect(
      decode(Zoo, again)
        .any.as(List(List(Point)))
        .toObject(),
    ).toEqual([[{ x: 1, y: 0 }], []]);
    zoo.any.set(any(AnyPointer, any(Point, { y: 4 })));
    expect(read().any.as(Point).y).toBe(4);
  });
});

describe("large Data", () => {
  const large = () => new Uint8Array(100_000).fill(7);
  const sent = (content: ContentBuilder) => {
    const writer = new FrameWriter();
    writer.add(
      encodeMessage({
        is: "return",
        answerId: 1,
        releaseParamCaps: false,
        noFinishNeeded: false,
        outcome: { is: "results", payload: { content, capTable: [] } },
      }),
    );
    return writer.take();
  };

  it("is sent from where it lies", () => {
    const content = new ContentBuilder("return");
    const data = large();
    const odd = data.subarray(0, 99_999);
    content.fill(Zoo, { data, datas: [odd] });
    const chunks = sent(content);
    expect(
      chunks.filter(({ buffer }) => buffer === data.buffer).map(({ length }) => length),
    ).toEqual([100_000, 99_999]);
    expect(concatBytes(...chunks).length % 8).toBe(0);
  });

  it("is copied once there is too much of it", () => {
    const datas = Array.from({ length: MAX_GATHERED + 3 }, large);
    const read = decode(Zoo, encode(Zoo, { datas })).datas;
    expect(read.length).toBe(datas.length);
    expect(read.every((data) => Buffer.from(large()).equals(data))).toBe(true);
  });

  it("is let go of when it is overwritten, and never written to", () => {
    const { zoo, read } = building();
    const data = large();
    zoo.data = data;
    zoo.data = new Uint8Array([1]);
    expect(Buffer.from(data).equals(large())).toBe(true);
    expect(zoo.data).toEqual(new Uint8Array([1]));
    zoo.data = data;
    zoo.data = same(zoo.data);
    expect(Buffer.from(read().data).equals(large())).toBe(true);
  });
});

describe("large Data of the message itself", () => {
  it("is copied, since it may be erased where it lies", () => {
    const other = building();
    other.zoo.data = new Uint8Array(20_000).fill(7);
    const { zoo, read } = building();
    zoo.zoo = other.zoo;
    zoo.data = zoo.zoo.data;
    zoo.zoo = {};
    expect(read().data.every((byte) => byte === 7)).toBe(true);
  });
});

describe("a message that has been sent", () => {
  it("cannot grow any more", () => {
    const { content, zoo } = building();
    content.asReceived();
    expect(() => {
      zoo.text = "too late";
    }).toThrow(thrown("MESSAGE_SENT", "caller"));
  });
});
