import * as capnp from "capnp-ts";
import { capnpTsStruct, decode, encode, fromCapnpTs } from "handfast/capnp";
import { describe, expect, it } from "vitest";
import { thrownBy } from "../../support/thrown.ts";
import { overTcp } from "./over-tcp.ts";
import { Depot, Parcel, type Parcel_Shape, Stop } from "./parcel.capnp.ts";
import { Scales } from "./porter.capnp.ts";

const ParcelType = capnpTsStruct(Parcel);
const DepotType = fromCapnpTs(Depot);

const shape: Parcel_Shape = {
  weight: 4_000_000_000,
  label: "fragile: ✂ ß",
  seal: Uint8Array.of(0, 1, 254, 255),
  marks: [1, 65_535, 7],
  stops: [
    { place: "Lund", day: 2n ** 63n },
    { place: "", day: 0n },
  ],
  inner: { weight: 1, label: "in", seal: Uint8Array.of(9), marks: [], stops: [] },
};

function parcel(value: Parcel_Shape): Parcel {
  const made = new capnp.Message().initRoot(Parcel);
  made.set(value);
  return made;
}

/** A parcel in a parcel in a parcel. */
function nested(levels: number): Parcel {
  const outermost = new capnp.Message().initRoot(Parcel);
  let innermost = outermost;
  for (let level = 1; level < levels; level++) innermost = innermost.initInner();
  return outermost;
}

describe("a struct of capnp-ts", () => {
  it("comes back as it went", () => {
    expect(decode(ParcelType, encode(ParcelType, parcel(shape))).get()).toEqual(shape);
  });

  it("is written as capnp-ts reads it, and read as capnp-ts wrote it", () => {
    const made = parcel(shape);
    const ours = new capnp.Message(encode(ParcelType, made), false).getRoot(Parcel);
    expect(ours.get()).toEqual(shape);
    const theirs = new Uint8Array(made.segment.message.toArrayBuffer());
    expect(decode(ParcelType, theirs).get()).toEqual(shape);
  });

  it("is filled from a shape or a function", () => {
    expect(decode(ParcelType, encode(ParcelType, shape)).get()).toEqual(shape);
    const filled = encode(ParcelType, (made: Parcel) => (made.weight = 3));
    expect(decode(ParcelType, filled).weight).toBe(3);
  });

  it("may lie within another, or in a list", () => {
    const made = parcel(shape);
    expect(decode(ParcelType, encode(ParcelType, made.getInner())).get()).toEqual(shape.inner);
    const stop = capnpTsStruct(Stop);
    expect(decode(stop, encode(stop, made.getStops().get(0))).place).toBe("Lund");
  });

  it("carries Data that is a segment of its own", () => {
    const seal = new Uint8Array(100_000).fill(7);
    const back = decode(ParcelType, encode(ParcelType, parcel({ seal, label: "large" })));
    expect(back.seal).toEqual(seal);
    expect(back.label).toBe("large");
  });

  it("is a copy: neither writing to it nor reading it changes what was received", () => {
    const bytes = encode(ParcelType, parcel({ weight: 1 }));
    const before = bytes.slice();
    const back = decode(ParcelType, bytes);
    back.weight = 2;
    back.getInner().label = "new";
    expect(bytes).toEqual(before);
  });

  it("is refused when it nests deeper than 64, from a peer and from here", () => {
    const deepest = 64;
    const deep = new Uint8Array(nested(deepest + 1).segment.message.toArrayBuffer());
    expect(thrownBy(() => decode(ParcelType, deep))).toMatchObject({
      code: "NESTING_LIMIT",
      blame: "peer",
    });
    expect(thrownBy(() => encode(ParcelType, nested(deepest + 1)))).toMatchObject({
      code: "NESTING_LIMIT",
      blame: "caller",
    });
    expect(decode(ParcelType, encode(ParcelType, nested(deepest))).hasInner()).toBe(true);
  });

  it("costs in proportion to its bytes, however its pointers meet again", () => {
    const place = "x".repeat(4096);
    const stops = Array.from({ length: 64 }, (_, i) => (i === 0 ? { place } : {}));
    const bytes = new Uint8Array(parcel({ stops }).segment.message.toArrayBuffer());
    shareFirstPlace(bytes, stops.length);
    expect(thrownBy(() => decode(ParcelType, bytes))).toMatchObject({ code: "TRAVERSAL_LIMIT" });
  });
});

describe("an interface of capnp-ts", () => {
  it("is served and called between two vats over TCP", async () => {
    const { root: depot } = await overTcp(DepotType, DepotType.serve(depotServer()));
    expect((await depot.send(shape)).get()).toEqual({ ...shape, label: "sent" });
    expect((await depot.send((made) => (made.weight = 5))).weight).toBe(5);
    expect((await depot.send()).weight).toBe(0);
  });

  it("has the methods that it inherits", async () => {
    const { root: depot } = await overTcp(DepotType, DepotType.serve(depotServer()));
    expect((await depot.weigh({ parcel: { weight: 2 } })).grams).toBe(2000n);
  });

  it("is no promise, though a method be called then", async () => {
    const { root: depot } = await overTcp(DepotType, DepotType.serve(depotServer()));
    expect("then" in depot).toBe(false);
    await depot.then_();
  });

  it("answers unimplemented for a method that its object lacks", async () => {
    const server = new Depot.Server({ send: () => {} } as unknown as ConstructorTarget);
    const { root: depot } = await overTcp(DepotType, DepotType.serve(server));
    await expect(depot.weigh()).rejects.toMatchObject({ kind: "unimplemented" });
  });

  it("refuses what is deeper than 64 before it is sent", async () => {
    const { root: depot } = await overTcp(DepotType, DepotType.serve(depotServer()));
    const sent = depot.send((made) => {
      let innermost = made;
      for (let level = 0; level < 80; level++) innermost = innermost.initInner();
    });
    await expect(sent).rejects.toMatchObject({ executed: "no", cause: { code: "NESTING_LIMIT" } });
  });

  it("takes no server of another interface", () => {
    const other = new Scales.Server({ weigh: () => {} });
    expect(() => DepotType.serve(other as never)).toThrow(TypeError);
  });
});

/** Points the place of every stop at that of the first, in a message of one segment. */
function shareFirstPlace(bytes: Uint8Array, stops: number): void {
  const words = new DataView(bytes.buffer, 8); // behind the frame
  const stopsPointer = 5 * 8; // the root pointer, a word of data, and three pointers before it
  const tag = stopsPointer + 8 + (words.getInt32(stopsPointer, true) >> 2) * 8;
  const firstPlace = tag + 2 * 8;
  const offset = words.getInt32(firstPlace, true);
  for (let i = 1; i < stops; i++) {
    words.setInt32(firstPlace + i * 16, offset - ((2 * i) << 2), true);
    words.setInt32(firstPlace + i * 16 + 4, words.getInt32(firstPlace + 4, true), true);
  }
}

type ConstructorTarget = ConstructorParameters<typeof Depot.Server>[0];

function depotServer() {
  return new Depot.Server({
    weigh: (params, results) => {
      results.grams = 1000n * BigInt(params.getParcel().weight);
    },
    send: async (params, results) => {
      await Promise.resolve();
      results.set({ ...params.get(), label: "sent" });
    },
    then: () => {},
  });
}
