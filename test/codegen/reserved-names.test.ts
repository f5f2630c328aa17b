import { describe, expect, it } from "vitest";
import { nestedConstName, nestedTypeName } from "../../src/codegen/reserved-names.ts";
import { Words } from "./golden/reserved.capnp.ts";
import { Call } from "./golden/shadowing.capnp.ts";

/** All names that mean something at `object`, of those that a schema can declare. */
function membersOf(object: object): readonly string[] {
  const names = new Set<string>();
  for (let at: object | null = object; at !== null; at = parentOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names].filter((name) => /^[a-zA-Z]+$/.test(name));
}

const parentOf = (object: object) => Object.getPrototypeOf(object) as object | null;

describe("what a schema nests in a type", () => {
  it.each([
    ["a struct", Words],
    ["an interface", Call],
  ])("never hides a member of the const of %s", (_, type) => {
    const members = membersOf(type);
    expect(members.length).toBeGreaterThan(10);
    expect(members.filter((name) => nestedTypeName(nestedConstName(name)) === name)).toEqual([]);
  });
});
