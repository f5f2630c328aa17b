import { expect, it } from "vitest";
import { firstFailure } from "./traffic-campaign.ts";

it("real traffic with wrong bytes in it harms nobody", async () => {
  expect(await firstFailure(20_261_121, 1500)).toBeUndefined();
});
