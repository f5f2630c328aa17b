import { ContentBuilder } from "handfast/capnp";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Node, Person } from "./golden/groups.capnp.ts";
import { PointerDefaults } from "./golden/pointer-defaults.capnp.ts";
import { Expression } from "./golden/nested-unions.capnp.ts";
import { Tree } from "./golden/recursion.capnp.ts";
import { Shape } from "./golden/unnamed-union.capnp.ts";

describe("a message under construction", () => {
  it("is filled field by field", () => {
    const person = new ContentBuilder("call").root(Person);
    person.name = "Ada";
    person.address.street = "Main";
    person.address.geo.lat = 1.5;
    person.tags = ["a", "b"];
    expect(person.toObject()).toEqual({
      name: "Ada",
      address: { street: "Main", number: 1, geo: { lat: 1.5, long: 0 } },
      tags: ["a", "b"],
    });
  });

  it("has one member of a union: the one set last", () => {
    const shape = new ContentBuilder("call").root(Shape);
    shape.label = "text";
    shape.nested = { circle: 1 };
    expect([shape.which, shape.label, shape.nested?.which]).toEqual([
      "nested",
      undefined,
      "circle",
    ]);
  });

  it("leaves nothing of one member in a group that takes its place", () => {
    const shape = new ContentBuilder("call").root(Shape);
    shape.circle = 5;
    shape.box = { height: 1 };
    expect(shape.box?.toObject()).toEqual({ width: 0, height: 1 });
    const sum = new ContentBuilder("call").root(Expression);
    sum.negate = { literal: 2 };
    sum.binary = {};
    expect(sum.binary?.toObject()).toEqual({ operator: { plus: null } });
  });

  it("is not changed by being looked at, however recursive its type", () => {
    const tree = new ContentBuilder("call").root(Tree);
    tree.left.value = 1;
    expect(tree.toObject()).toEqual({ value: 0, left: { value: 1, children: [] }, children: [] });
    expect(JSON.parse(JSON.stringify(tree))).toMatchObject({ left: { value: 1 } });
    expect(inspect(tree)).toContain("value: 1");
  });

  it("replaces a group that is assigned, whole", () => {
    const person = new ContentBuilder("call").root(Person);
    person.address = { street: "Main", geo: { lat: 1 } };
    person.address = { number: 7 };
    expect(person.address.toObject()).toEqual({
      street: "",
      number: 7,
      geo: { lat: 0, long: 0 },
    });
  });

  it("copies the groups of another, whose nulls stay null", () => {
    const source = new ContentBuilder("call");
    const node = source.root(Node);
    node.links = { next: { value: 1 } };
    const before = source.sizeWords;
    const links = { next: { value: 1, links: { label: "none", others: [], back: {} } } };

    const copy = new ContentBuilder("call").root(Node);
    copy.links = node.links;
    expect(copy.links.toObject()).toEqual({ ...links, label: "none", others: [], back: {} });
    const inPlain = new ContentBuilder("call");
    inPlain.fill(Node, { value: 2, links: node.links });
    expect(inPlain.asReceived().root(Node).toObject()).toEqual({
      value: 2,
      links: copy.links.toObject(),
    });
    expect(source.sizeWords).toBe(before);
  });

  it("leaves a group as it is that is assigned to itself", () => {
    const person = new ContentBuilder("call").root(Person);
    person.address = { street: "Main", geo: { lat: 1 } };
    const { address } = person;
    person.address = address;
    expect(person.address.toObject()).toMatchObject({ street: "Main", geo: { lat: 1 } });
  });

  it("edits a copy of a default, once it is touched", () => {
    const fields = new ContentBuilder("call").root(PointerDefaults);
    fields.point.x = 9;
    fields.numbers.set(0, 5);
    expect(fields.point.toObject()).toEqual({ x: 9, y: 4, name: "here" });
    expect(fields.numbers.toArray()).toEqual([5, -2, 3]);
    expect(new ContentBuilder("call").root(PointerDefaults).point.x).toBe(3);
  });
});
