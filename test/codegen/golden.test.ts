import { describe, expect, it } from "vitest";
import { regressions, staleFiles } from "../../scripts/compile-schemas.ts";
import { withCapnpTool } from "../support/capnp-tool.ts";

// `npx tsx scripts/compile-schemas.ts` writes all anew: look at the difference, then commit it.
describe("the committed TypeScript", () => {
  it("is what the compiler makes of the committed request", () => {
    expect(regressions()).toEqual([]);
  });

  it.runIf(withCapnpTool)("is what the compiler makes of the committed schemas", () => {
    expect(staleFiles()).toEqual([]);
  });
});
