import { describe, expect, it } from "vitest";
import { journeys, type ParityOptions } from "./parity.ts";

const WAYS: readonly ParityOptions[] = [
  { runs: 100, packed: false },
  { runs: 100, packed: false, segmentWords: 32 },
  { runs: 100, packed: true },
];

describe.each(WAYS)("random values of every type, %j", (options) => {
  const travelled = journeys(options);

  it("read the same once `capnp` has decoded and encoded them", () => {
    for (const { ours, theirs } of travelled) expect(theirs).toEqual(ours);
  });

  it("are printed the same by `capnp decode` after a way through our reader and writer", () => {
    for (const { text, textAgain } of travelled) expect(textAgain).toBe(text);
  });
});
