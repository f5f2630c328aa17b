/* eslint-disable no-console -- a program for the terminal */
import { parseArgs } from "node:util";
import { firstFailure } from "./traffic-campaign.ts";

/** node --import tsx test/fuzz/traffic.ts [--mutants N] [--seed N] */
const { values } = parseArgs({
  options: { mutants: { type: "string" }, seed: { type: "string" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
const mutants = Number(values.mutants ?? (values.seed === undefined ? 200_000 : 1));

console.log(`first seed ${seed}`);
const started = process.memoryUsage().rss;
const failure = await firstFailure(seed, mutants);
if (failure === undefined) {
  const grownMiB = Math.round((process.memoryUsage().rss - started) / 2 ** 20);
  console.log(`${mutants} mutants, nothing found; ${grownMiB} MiB more in use`);
} else {
  console.log(`seed ${failure.seed}: ${failure.why}`);
  process.exitCode = 1;
}
