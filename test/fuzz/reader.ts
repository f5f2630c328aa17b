/* eslint-disable no-console -- a program for the terminal */
import { parseArgs } from "node:util";
import { firstFailure } from "./reader-campaign.ts";

/** node --import tsx test/fuzz/reader.ts [--mutants N] [--seed N] */
const { values } = parseArgs({
  options: { mutants: { type: "string" }, seed: { type: "string" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
const mutants = Number(values.mutants ?? (values.seed === undefined ? 200_000 : 1));

console.log(`first seed ${seed}`);
const failure = firstFailure(seed, mutants);
if (failure === undefined) {
  console.log(`${mutants} mutants, each read within its bounds or refused with a typed error`);
} else {
  console.log(`seed ${failure.seed}: ${failure.why}`);
  process.exitCode = 1;
}
