/**
 * Sends random messages through the reference implementation and back, 10,000 unless told otherwise:
 * `npm run parity [-- RUNS]`. The tests do some hundreds.
 */
import { deepStrictEqual } from "node:assert";
import { journeys } from "../test/codegen/parity.ts";

const DEFAULT_RUNS = 10_000;
const BATCH = 200;
const WAYS = [
  { packed: false },
  { packed: false, segmentWords: 32 },
  { packed: true, segmentWords: 64 },
] as const;

const runs = Number(process.argv[2] ?? DEFAULT_RUNS);
for (let done = 0, batch = 0; done < runs; done += BATCH, batch++) {
  const way = WAYS[batch % WAYS.length] ?? WAYS[0];
  for (const { ours, theirs, text, textAgain } of journeys({
    ...way,
    runs: BATCH,
    seed: batch,
  })) {
    deepStrictEqual(theirs, ours, `batch ${batch}: ${text}`);
    deepStrictEqual(textAgain, text, `batch ${batch}: ${text}`);
  }
}
console.log(`${runs} messages came back as they went`);
