import { expect, it } from "vitest";
import { committedPage, errorPage, errorsIn } from "../../scripts/error-table.ts";

it("the page of errors says what the source says", async () => {
  expect(committedPage()).toBe(await errorPage());
});

it("no code goes without its meaning", () => {
  const source = (comment: string) => `
    /** What is wrong. */
    export type OurErrorCode = KnownCode | AnyOther;
    type KnownCode =
      /** It is too large. */
      | "TOO_LARGE"
      ${comment}
      | "TOO_SMALL";
    /** Something is wrong. */
    export class OurError extends HandfastError<OurErrorCode> {}`;
  const [error] = errorsIn("our-error.ts", source("/** It is too small. */"));
  expect(error!.tables[0]!.words.map(({ meaning }) => meaning)).toEqual([
    "It is too large.",
    "It is too small.",
  ]);
  expect(() => errorsIn("our-error.ts", source(""))).toThrow("our-error.ts: a doc comment");
  const elsewhere = source("").replace("KnownCode |", "(typeof CODES)[number] |");
  expect(() => errorsIn("our-error.ts", elsewhere)).toThrow("OurErrorCode names no words");
});
