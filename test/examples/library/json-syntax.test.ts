import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findSyntaxMistake, lineAndColumn } from "../../../src/examples/library/json-syntax.ts";

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("the first mistake in a JSON text", () => {
  it.each([
    ["", 0, "a value"],
    ["{", 1, "a name in quotes or }"],
    ["[", 1, "a value or ]"],
    ["[1,]", 3, "a value"],
    ['{"a":1,}', 7, "a name in quotes"],
    ['{"a" 1}', 5, "a colon"],
    ['{"a":1 "b":2}', 7, "a comma or }"],
    ["[1 2]", 3, "a comma or ]"],
    ["[1}", 2, "a comma or ]"],
    ["{} x", 3, "the end of the file"],
    ["[01]", 1, "a value or ]"],
    ["[truely]", 1, "a value or ]"],
    ["{'a':1}", 1, "a name in quotes or }"],
    ['["a\nb"]', 3, 'a closing "'],
    ['["a', 3, 'a closing "'],
    ['["\\x"]', 2, "an escape such as \\n"],
    ['["\\u12"]', 2, "an escape such as \\n"],
  ])("of %j is at %d, where %s was expected", (text, offset, expected) => {
    expect(findSyntaxMistake(text)).toEqual({ offset, expected });
  });

  it("is there exactly when JSON.parse throws", () => {
    const soup = fc.array(
      fc.constantFrom(
        ..."{}[],: \n".split(""),
        '"a"',
        '"',
        "\\",
        "1",
        "-",
        "0",
        ".5",
        "e3",
        "true",
        "nul",
        "a",
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(soup, (parts) => {
        const text = parts.join("");
        expect(findSyntaxMistake(text) === undefined).toBe(parses(text));
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (json, at, junk) => {
        expect(findSyntaxMistake(json)).toBeUndefined();
        const place = at % (json.length + 1);
        const damaged = json.slice(0, place) + junk + json.slice(place + 1);
        expect(findSyntaxMistake(damaged) === undefined).toBe(parses(damaged));
      }),
      { numRuns: 1000 },
    );
  });

  it("is found however deep the brackets go", () => {
    expect(findSyntaxMistake("[".repeat(200_000))?.offset).toBe(200_000);
  });

  it("has the line and column that an editor shows", () => {
    const text = '{\n  "a": 1,\n  oops\n}';
    expect(lineAndColumn(text, findSyntaxMistake(text)!.offset)).toBe("3:3");
    expect(lineAndColumn("x", 0)).toBe("1:1");
  });
});
