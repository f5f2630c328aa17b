import { any, AnyPointer, Data, decode, encode, List, Text, UInt32 } from "handfast/capnp";
import { describe, expect, it } from "vitest";
import { Anything } from "./golden/any-pointer.capnp.ts";
import { Outer } from "./golden/generic-scopes.capnp.ts";
import { Chain, Map as Mapping, Optional, Person, Uses } from "./golden/generic-struct.capnp.ts";
import { Book } from "./golden/library.capnp.ts";
import { through } from "./through.ts";

describe("a generic struct", () => {
  const Ages = Mapping.of(Text, Optional.of(Data));

  it("is one type for each binding", () => {
    expect(Mapping.of(Text, Optional.of(Data))).toBe(Ages);
    expect(Mapping.of(Text, Text)).not.toBe(Ages);
    expect(Mapping.of(AnyPointer, AnyPointer)).toBe(Mapping);
  });

  it("reads and writes its parameters as what they are bound to", () => {
    const read = through(Ages, {
      entries: [
        { key: "a", value: { some: Uint8Array.of(1) } },
        { key: "b", value: { none: null } },
      ],
    });
    expect(read.entries.map(({ key, value }) => [key, value.which])).toEqual([
      ["a", "some"],
      ["b", "none"],
    ]);
    expect(read.entries.at(0)?.value.toObject()).toEqual({ some: Uint8Array.of(1) });
  });

  it("is bound to lists and structs by the fields that use it", () => {
    const read = through(Uses, {
      text: { some: "t" },
      numbers: { some: [1, 2] },
      person: {
        some: { name: "Ada", friends: { entries: [{ key: "k", value: { name: "Bob" } }] } },
      },
      people: [{ entries: [{ key: "x", value: { name: "X" } }] }],
      entry: { key: Uint8Array.of(7), value: { name: "E" } },
      nested: {
        head: { some: "h" },
        tail: { head: { none: null }, wrapped: { some: { some: "w" } } },
      },
    });
    expect(read.numbers.which === "some" && read.numbers.some.toArray()).toEqual([1, 2]);
    const person = read.person.which === "some" ? read.person.some : undefined;
    expect(person?.friends.entries.at(0)?.value.name).toBe("Bob");
    expect(read.people.at(0)?.entries.at(0)?.key).toBe("x");
    expect(read.entry.key).toEqual(Uint8Array.of(7));
    expect(read.nested.tail.wrapped.toObject()).toEqual({ some: { some: "w" } });
  });

  it("takes any pointer for a parameter that nobody binds", () => {
    const read = through(Person, {
      any: { entries: [{ key: any(Text, "k"), value: any(Book, { title: "Emma" }) }] },
    });
    const entry = read.any.entries.at(0);
    expect(entry?.key.as(Text)).toBe("k");
    expect(entry?.value.as(Book).title).toBe("Emma");
  });

  it("holds what an unbound one holds", () => {
    const Bound = Mapping.of(Text, List(UInt32));
    const bytes = encode(Bound, { entries: [{ key: "k", value: [1, 2] }] });
    expect(decode(Mapping, bytes).entries.at(0)?.value.as(List(UInt32)).toArray()).toEqual([1, 2]);
  });

  it("may refer to itself", () => {
    const Texts = Chain.of(Text);
    const read = through(Texts, { head: "a", tail: { head: "b", tail: { head: "c" } } });
    expect([read.head, read.tail.head, read.tail.tail.head, read.tail.tail.tail.head]).toEqual([
      "a",
      "b",
      "c",
      "",
    ]);
  });
});

describe("the parameters of a scope", () => {
  it("apply to what is declared in it", () => {
    const Inner = Outer.Inner.of(Data);
    const read = through(Inner, { value: Uint8Array.of(1), other: { value: "text" } });
    expect([read.value, read.other.value]).toEqual([Uint8Array.of(1), "text"]);
  });

  it("are told apart from parameters of the same name further in", () => {
    const read = through(Outer.of(Data), {
      same: { inner: "text" },
      pair: { first: Uint8Array.of(1), swapped: { first: Uint8Array.of(2) } },
      alone: { value: Uint8Array.of(3), values: [{ value: Uint8Array.of(4) }] },
    });
    expect(read.same.inner).toBe("text");
    expect(read.alone.values.at(0)?.value).toEqual(Uint8Array.of(4));
  });
});

describe("a pointer of any type", () => {
  it("is written with its type and read as one", () => {
    const read = through(Anything, {
      any: any(Text, "hello"),
      struct: any(Book, { isbn: "1" }),
      list: any(List(Text), ["a"]),
      other: any(Book, { title: "t" }),
    });
    expect([read.any.kind, read.struct.kind, read.list.kind]).toEqual(["list", "struct", "list"]);
    expect(read.any.as(Text)).toBe("hello");
    expect(read.struct.as(Book).isbn).toBe("1");
    expect(read.list.as(List(Text)).toArray()).toEqual(["a"]);
    expect(read.which === "other" && read.other.as(Book).title).toBe("t");
  });

  it("that is null reads as the default of whatever is asked for", () => {
    const read = through(Anything, {});
    expect(read.any.kind).toBe("null");
    expect(read.any.as(Book).title).toBe("");
  });
});
