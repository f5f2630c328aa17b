import * as capnp from "capnp-ts";
import { setInterfacePointer } from "capnp-ts/src/serialization/pointers/pointer.js";
import { type Vat } from "handfast";
import { encode, capnpTsStruct, fromCapnpTs, isNull } from "handfast/capnp";
import { describe, expect, it, vi } from "vitest";
import { overTcp } from "./over-tcp.ts";
import { Parcel } from "./parcel.capnp.ts";
import { Cell, Cell_Client, Errand, Porter, Scales, Scales_Client } from "./porter.capnp.ts";

const PorterType = fromCapnpTs(Porter);
const ScalesType = fromCapnpTs(Scales);

const lyingScales = (grams: bigint) =>
  new Scales.Server({
    weigh: (_params, results) => {
      results.grams = grams;
    },
  });

/** A porter who weighs with the scales that he is given, and keeps the last. */
class Carrier {
  kept: Scales_Client | undefined;
  readonly server = new Porter.Server({
    carry: async (params, results) => {
      results.note = "no scales";
      if (!params.hasScales()) return;
      this.kept = params.getScales();
      results.note = `${(await this.kept.weigh()).grams} g`;
      results.setScales(this.kept);
      const spare = params.getSpare();
      const handed = results.initSpare(spare.getLength());
      spare.forEach((it, i) => {
        enter(handed, i, it.getClient());
      });
    },
    hire: (params, results) => {
      results.setScales(lyingScales(BigInt(params.note.length)));
    },
  });
}

/** Upstream's generator has no way yet to write one into a list. */
function enter(list: capnp.List<capnp.Interface>, index: number, client: capnp.Client | null) {
  if (client === null) return;
  setInterfacePointer(list.segment.message.addCap(client), list.get(index));
}

const clientOf = (server: capnp.Server) => new capnp.Client({ tag: "local", server });

const held = (vat: Vat) => {
  const [connection] = vat.inspect();
  return { imports: connection?.imports.length, exports: connection?.exports.length };
};

describe("a struct of capnp-ts that carries capabilities", () => {
  it("brings a server of capnp-ts to its peer, which calls it, and back", async () => {
    const { root: porter } = await overTcp(PorterType, PorterType.serve(new Carrier().server));
    const back = await porter.carry({ scales: lyingScales(17n) });
    expect(back.note).toBe("17 g");
    expect((await back.getScales().weigh()).grams).toBe(17n);
  });

  it("passes null as null", async () => {
    const { root: porter } = await overTcp(PorterType, PorterType.serve(new Carrier().server));
    const back = await porter.carry({ note: "nothing" });
    expect([back.note, back.hasScales()]).toEqual(["no scales", false]);
    await expect(back.getScales().weigh()).rejects.toThrow("null capability");
  });

  it("gives back with its results every reference that came in them", async () => {
    const carrier = new Carrier();
    const {
      root: porter,
      host,
      guest,
    } = await overTcp(PorterType, PorterType.serve(carrier.server));
    const hired = await porter.hire({ note: "twelve grams" });
    expect((await hired.getScales().weigh()).grams).toBe(12n);
    expect(held(host).exports).toBe(2);
    hired[Symbol.dispose]();
    await vi.waitFor(() => {
      expect([held(host).exports, held(guest).imports]).toEqual([1, 1]);
    });
    await expect(hired.getScales().weigh()).rejects.toThrow("disposed");
  });

  it("gives back one reference when upstream's client of it is disposed", async () => {
    const { root: porter, host } = await overTcp(
      PorterType,
      PorterType.serve(new Carrier().server),
    );
    const hired = await porter.hire();
    hired.getScales().dispose();
    await vi.waitFor(() => {
      expect(held(host).exports).toBe(1);
    });
  });

  it("lends parameters until they are disposed, as upstream does, not until the call is over", async () => {
    const carrier = new Carrier();
    const {
      root: porter,
      host,
      guest,
    } = await overTcp(PorterType, PorterType.serve(carrier.server));
    const back = await porter.carry({ scales: lyingScales(5n) });
    back[Symbol.dispose]();
    expect((await carrier.kept?.weigh())?.grams).toBe(5n);
    carrier.kept?.dispose();
    await vi.waitFor(() => {
      expect([held(host).imports, held(guest).exports]).toEqual([0, 0]);
    });
  });

  it("carries the same object as the same capability, and a list of them", async () => {
    const scales = lyingScales(3n);
    const carrier = new Carrier();
    const { root: porter, guest } = await overTcp(PorterType, PorterType.serve(carrier.server));
    const back = await porter.carry((errand) => {
      errand.setScales(scales);
      const spare = errand.initSpare(3);
      enter(spare, 0, clientOf(scales));
      enter(spare, 2, clientOf(lyingScales(4n)));
    });
    expect(held(guest).exports).toBe(2);
    const spare = back.getSpare().toArray();
    const weighed = spare.map(async (it) => {
      const client = it.getClient();
      return client === null ? null : (await new Scales_Client(client).weigh()).grams;
    });
    expect(await Promise.all(weighed)).toEqual([3n, null, 4n]);
  });

  it("carries what failed as what failed", async () => {
    const { root: porter } = await overTcp(PorterType, PorterType.serve(new Carrier().server));
    const broken = new capnp.Client({ tag: "broken", reason: "fell off the cart" });
    const carried = porter.carry({ scales: broken });
    await expect(carried).rejects.toThrow("fell off the cart");
  });

  it("refuses a capability of a connection that capnp-ts itself holds", async () => {
    const { root: porter } = await overTcp(PorterType, PorterType.serve(new Carrier().server));
    const imported = new capnp.Client({ tag: "import", conn: {} as never, id: 1 });
    await expect(porter.carry({ scales: imported })).rejects.toMatchObject({
      executed: "no",
      cause: { code: "NO_CAPABILITIES", blame: "incompatible" },
    });
  });

  it("is no message by itself", () => {
    const made = new capnp.Message().initRoot(Errand);
    made.setScales(lyingScales(1n));
    expect(() => encode(capnpTsStruct(Errand), made)).toThrow(/leave its call/);
  });
});

describe("a client of capnp-ts around a reference of ours", () => {
  it("calls and pipelines as upstream's code does", async () => {
    const { root } = await overTcp(PorterType, PorterType.serve(new Carrier().server));
    const porter = PorterType.wrap(root);
    expect((await porter.hire({ note: "four" }).getScales().weigh()).grams).toBe(4n);
    const errand = await porter.carry({ scales: porter.hire({ note: "ab" }).getScales() });
    expect(errand.note).toBe("2 g");
  });

  it("is the same reference: disposing either ends both", async () => {
    const { root } = await overTcp(PorterType, PorterType.serve(new Carrier().server));
    const porter = PorterType.wrap(root);
    porter.dispose();
    await expect(root.hire()).rejects.toThrow("disposed");
  });

  it("fails its calls as upstream's do, and leaves none of them unhandled", async () => {
    const { root } = await overTcp(ScalesType, ScalesType.serve(failingScales()));
    const scales = ScalesType.wrap(root);
    void scales.weigh();
    await expect(scales.weigh()).rejects.toThrow("internal error");
  });

  it("becomes ours again, and one of capnp-ts's own does not", async () => {
    const { root: porter } = await overTcp(PorterType, PorterType.serve(new Carrier().server));
    const hired = await porter.hire({ note: "seven g" });
    const scales = ScalesType.unwrap(hired.getScales());
    expect(isNull(scales)).toBe(false);
    expect((await scales.weigh({}, { timeoutMs: 5000 })).grams).toBe(7n);
    const local = new Scales_Client(clientOf(lyingScales(1n)));
    expect(() => ScalesType.unwrap(local)).toThrow(TypeError);
  });
});

describe("a generic interface of capnp-ts", () => {
  const CellType = fromCapnpTs(Cell, (client) => new Cell_Client(client, [Parcel]));

  it("is served and called with the structs that it is bound to", async () => {
    let weight = 0;
    const server = new Cell.Server<Parcel>(
      {
        put: (params) => {
          const value = params.getValue();
          weight = value.weight;
        },
        get: (_params, results) => {
          results.initValue().weight = weight + 1;
        },
      },
      [Parcel],
    );
    const { root: cell } = await overTcp(CellType, CellType.serve(server));
    await cell.put((params) => (params.initValue().weight = 41));
    expect((await cell.get()).getValue().weight).toBe(42);
    expect((await CellType.wrap(cell).get()).getValue().weight).toBe(42);
  });

  it("is not taken for one that is bound to nothing", () => {
    expect(() => fromCapnpTs(Cell as never)).toThrow(/generic/);
  });
});

function failingScales() {
  return new Scales.Server({
    weigh: () => {
      throw new Error("out of order");
    },
  });
}
