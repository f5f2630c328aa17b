import { expect, it } from "vitest";
import { asUnitTest, run } from "./campaign.ts";

it("keeps targets, order and counts whatever happens", () => {
  for (let seed = 1; seed <= 800; seed += 1) {
    const failure = run(seed);
    expect(failure && asUnitTest(failure), `seed ${seed}`).toBeUndefined();
  }
});
