import { beforeAll, describe, expect, it } from "vitest";
import { withCapnpTool } from "../support/capnp-tool.ts";
import { type Journey, journeys, type ParityOptions } from "./parity.ts";

/** Named in the title of what fails, to do it again. */
const seed = Math.trunc(Math.random() * 2 ** 31);

const WAYS: readonly ParityOptions[] = [
  { runs: 100, seed, packed: false },
  { runs: 100, seed, packed: false, segmentWords: 32 },
  { runs: 100, seed, packed: true },
];

describe.runIf(withCapnpTool).each(WAYS)("random values of every type, %j", (options) => {
  let travelled: readonly Journey[] = [];
  beforeAll(() => {
    travelled = journeys(options);
  }, 120_000);

  it("read the same once `capnp` has decoded and encoded them", () => {
    expect(travelled.length).toBe(options.runs);
    for (const { ours, theirs } of travelled) expect(theirs).toEqual(ours);
  });

  it("are printed the same by `capnp decode` once our reader and writer have copied them", () => {
    for (const { text, textAgain } of travelled) expect(textAgain).toBe(text);
  });
});
