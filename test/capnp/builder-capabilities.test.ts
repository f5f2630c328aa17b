import {
  AnyPointer,
  type CapabilitySink,
  type CapabilitySource,
  type CapnpError,
  type Client,
  ContentBuilder,
  decode,
  encode,
  type InterfaceType,
  List,
  struct,
  Struct,
  type StructView,
  cap,
  setCap,
} from "handfast/capnp";
import { describe, expect, it } from "vitest";

const thrown = (code: CapnpError["code"], blame: CapnpError["blame"]): unknown =>
  expect.objectContaining({ name: "CapnpError", code, blame });

describe("capabilities", () => {
  // A table of names: just enough to see which goes where.
  class Table implements CapabilitySink {
    readonly names: string[] = [];
    add(value: unknown): number {
      return this.names.push(String(value)) - 1;
    }
    adopt(source: CapabilitySource, index: number): number {
      return this.add(source.clientAt(index, Door));
    }
    hookAt(): undefined {
      return undefined;
    }
    dispose(): void {
      this.names.length = 0;
    }
    clientAt(index: number): Client {
      return this.names[index] as unknown as Client;
    }
  }
  const Door = { id: 1n, name: "Door", nullClient: "null" } as unknown as InterfaceType;

  class House extends Struct {
    public constructor(at: StructView) {
      super(at);
    }
    get door(): Client {
      return cap(this.$, 0, Door);
    }
    set door(value: Client) {
      setCap(this.$, 0, Door, value);
    }
    get any() {
      return AnyPointer.read(this.$.segment, this.$.pointers + 8, this.$.depth);
    }
  }
  const House$ = struct<House, House, { door?: string; any?: House }, object>({
    name: "House",
    id: 2n,
    dataWords: 0,
    pointerCount: 2,
    Reader: House,
    Builder: House,
    fields: ["door", "any"],
    set(house, { door }) {
      if (door !== undefined) house.door = door as unknown as Client;
    },
  });

  it("are entered into the table of their message, and found there", () => {
    const table = new Table();
    const content = new ContentBuilder("call");
    content.fill(House$, { door: "front door" }, table);
    expect(table.names).toEqual(["front door"]);
    expect(content.capabilityAt([0])).toBe(0);
    expect(content.capabilityAt([1])).toBeUndefined();
    expect(content.asReceived().root(House$, table).door).toBe("front door");
  });

  it("are adopted by the message that they are copied into", () => {
    const first = new Table();
    const content = new ContentBuilder("call");
    first.add("some other");
    content.fill(House$, { door: "front door" }, first);
    const received = content.asReceived().root(House$, first);
    const second = new Table();
    const copy = new ContentBuilder("call");
    copy.fill(House$, received as never, second);
    expect(second.names).toEqual(["front door"]);
    expect(copy.asReceived().root(House$, second).door).toBe("front door");
  });

  it("are null where a pointer is", () => {
    expect(decode(House$, encode(House$, {})).door).toBe("null");
  });

  it("cannot leave a call", () => {
    expect(() => encode(House$, { door: "front door" })).toThrow(
      thrown("NO_CAPABILITIES", "caller"),
    );
  });

  it("are counted, not resolved, in a list", () => {
    const table = new Table();
    const content = new ContentBuilder("call");
    content.fill(List(Door), ["a", "b"] as unknown as Client[], table);
    expect(content.asReceived().root(List(Door), table).toArray()).toEqual(["a", "b"]);
  });
});
