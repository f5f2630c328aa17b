import { describe, expect, it } from "vitest";
import * as constants from "./golden/constants.capnp.ts";
import { howMany } from "./golden/names.capnp.ts";
import { class_ } from "./golden/reserved.capnp.ts";

describe("constants", () => {
  it("of every type are values of TypeScript", () => {
    const { answer, big, half, endless, yes, nothing, greeting, magic, favourite } = constants;
    expect({ answer, big, half, endless, yes, nothing, greeting, magic, favourite }).toEqual({
      answer: 42,
      big: -9007199254740993n,
      half: 0.5,
      endless: Infinity,
      yes: true,
      nothing: null,
      greeting: 'hello, "world"',
      magic: Uint8Array.of(0xde, 0xad, 0xbe, 0xef),
      favourite: "blue",
    });
    expect(constants.primes.toArray()).toEqual([2, 3, 5, 7]);
    expect(constants.origin.name).toBe("origin");
    expect(constants.path.map(({ x }) => x)).toEqual([1, 2]);
  });

  it("of a struct are members of its type, and may be of that type", () => {
    const { Point } = constants;
    expect([Point.unit.x, Point.unit.far.name, Point.maximum, Point.id_]).toEqual([
      1,
      "origin",
      200,
      "a member of every type",
    ]);
  });

  it("whose name is a word of the language get a trailing underscore", () => {
    expect([constants.delete_, class_, howMany]).toEqual(["a word of TypeScript", 1, 3]);
  });
});
