import fc from "fast-check";
import { expect, it } from "vitest";
import { OwnTable } from "../../src/rpc/table.ts";

it("always hands out the lowest id that is free", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20), { nil: undefined })), (steps) => {
      const table = new OwnTable<number, string>();
      const used = new Set<number>();
      for (const step of steps) {
        if (step === undefined) {
          let lowest = 0;
          while (used.has(lowest)) lowest += 1;
          const id = table.claim();
          expect(id).toBe(lowest);
          table.set(id, "entry");
          used.add(id);
        } else if (used.delete(step)) {
          table.remove(step);
        }
        expect(table.size).toBe(used.size);
        expect([...table.values()].length).toBe(used.size);
      }
    }),
  );
});
