import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDigit, parseIsbn } from "../../../src/examples/library/isbn.ts";
import { thrownBy } from "../../support/thrown.ts";

describe("an ISBN", () => {
  it("may be written with hyphens and spaces", () => {
    expect(parseIsbn("978-0-306-40615-7")).toBe("9780306406157");
    expect(parseIsbn(" 978 0306406157 ")).toBe("9780306406157");
  });

  it.each([
    ["978030640615", "13 digits"],
    ["97803064061570", "13 digits"],
    ["978030640615X", "13 digits"],
    ["", "13 digits"],
    ["٩٧٨٠٣٠٦٤٠٦١٥٧", "13 digits"],
    ["9780306406158", "its check digit should be 7"],
  ])("%j is refused, and the reason given", (text, reason) => {
    expect(thrownBy(() => parseIsbn(text))).toMatchObject({
      code: "ISBN_INVALID",
      message: expect.stringContaining(reason) as string,
    });
  });

  it("never shows more of a refused text than a line can hold", () => {
    expect(() => parseIsbn("9".repeat(100_000))).toThrow(/^.{1,100}$/);
  });

  it("has exactly one check digit that fits", () => {
    const twelve = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(twelve, (digits) => {
        const start = digits.join("");
        const fitting = "0123456789".split("").filter((last) => {
          try {
            return parseIsbn(start + last) !== "";
          } catch {
            return false;
          }
        });
        expect(fitting).toEqual([checkDigit(start)]);
      }),
    );
  });

  it("notices any single wrong digit", () => {
    fc.assert(
      fc.property(fc.nat(12), fc.integer({ min: 1, max: 9 }), (place, shift) => {
        const digits = "9780306406157".split("");
        digits[place] = String((Number(digits[place]) + shift) % 10);
        expect(() => parseIsbn(digits.join(""))).toThrow();
      }),
    );
  });
});
