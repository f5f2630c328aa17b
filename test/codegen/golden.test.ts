import { expect, it } from "vitest";
import { compileAll, staleFiles } from "../../scripts/compile-schemas.ts";

it("the committed TypeScript is what the compiler makes of the committed schemas", () => {
  expect(compileAll().length).toBeGreaterThan(30);
  // `npx tsx scripts/compile-schemas.ts` writes them anew: look at the difference, then commit it.
  expect(staleFiles().map(({ path }) => path)).toEqual([]);
});
