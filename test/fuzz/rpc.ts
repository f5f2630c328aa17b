/* eslint-disable no-console -- a program for the terminal */
import { parseArgs } from "node:util";
import { asUnitTest, run, tally } from "./campaign.ts";

/** node --import tsx test/fuzz/rpc.ts [--minutes N] [--seed N [--runs N]] */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string" },
    runs: { type: "string", default: "1" },
  },
});
const first = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
const end = Date.now() + Number(values.minutes) * 60_000;

console.log(`first seed ${first}`);
let runs = 0;
const goesOn = () => (values.seed === undefined ? Date.now() < end : runs < Number(values.runs));
for (; goesOn(); runs += 1) {
  const failure = run((first + runs) >>> 0);
  if (failure === undefined) continue;
  console.log(asUnitTest(failure));
  console.error(failure.error);
  process.exit(1);
}
console.log(`${runs} runs, nothing found (${tally.cycles} ended with a distributed cycle)`);
