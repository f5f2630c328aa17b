import { expect, it } from "vitest";
import { firstFailure } from "./reader-campaign.ts";

it("a mutant of a message is read within its bounds or refused with a typed error", () => {
  expect(firstFailure(20_261_121, 500)).toBeUndefined();
}, 60_000);
