/**
 *     npm run bench [-- SUITE… --quick --json FILE --peers a,b --pin one|two|both|none --rounds N --ms N]
 *
 * Runs the suites named, or all of them, and prints a table for each metric. FILE gets the rows as
 * JSON. What was measured as by default, and without a failure, is kept: in `results/latest.json`,
 * in the charts beside it and in the tables of README.md. A crash or a wrong answer fails the run,
 * and so does no timing.
 */
import { possiblePins } from "./harness/machine.ts";
import { type Options, parseOptions, UsageError } from "./harness/options.ts";
import { prepare } from "./harness/prepare.ts";
import { keep, resultsOf, writeJson } from "./harness/results.ts";
import { type Row } from "./harness/samples.ts";
import { tables } from "./harness/table.ts";
import { targetTable } from "./harness/targets.ts";
import { type Run } from "./harness/turns.ts";
import { PEERS } from "./peers/registry.ts";
import { SUITES } from "./suites/index.ts";
import { TARGETS } from "./suites/targets.ts";

const options = optionsOrExit();
const suites = SUITES.filter(({ name }) => options.suites.includes(name));

const progress = (text: string): void => {
  process.stderr.write(`· ${text}\n`);
};
const missing = new Map<string, string>();
const failures: string[] = [];
const { quick, peers } = options;
const run: Run = {
  quick,
  rounds: quick ? 1 : options.rounds,
  ms: quick ? 25 : options.ms,
  pins: possiblePins(quick ? options.pins.slice(0, 1) : options.pins),
  only: peers === undefined ? undefined : new Set(peers),
  progress,
  missing: (peer, why) => missing.set(peer, why),
  failed: (what, error) => {
    failures.push(`${what}: ${String(error)}`);
    progress(`FAILED ${failures.at(-1) ?? ""}`);
  },
};

prepare(progress);
const expectedMs = suites.reduce((sum, suite) => sum + suite.estimateMs(run), 0);
progress(`this takes about ${Math.ceil(expectedMs / 60_000)} min on a quiet machine`);
const rows: Row[] = [];
for (const suite of suites) {
  const startedMs = performance.now();
  const measured = await suite.run(run);
  rows.push(...measured);
  progress(`${suite.name}: ${Math.round((performance.now() - startedMs) / 1000)} s`);
  console.log(`\n## ${suite.name}\n\n${tables(measured)}`);
}
const results = resultsOf(rows);
if (options.json !== undefined) writeJson(options.json, results);
if (!quick) console.log(`\n## targets\n\n${targetTable(TARGETS, rows)}`);
if (!options.complete) progress("not kept: only what is measured as by default is");
else if (failures.length > 0) progress("not kept: something failed");
else keep(results, SUITES, TARGETS);
for (const [peer, why] of missing) console.log(`\nnot here: ${peer} (${why})`);
for (const failure of failures) console.log(`\nFAILED ${failure}`);
process.exit(failures.length === 0 ? 0 : 1);

function optionsOrExit(): Options {
  try {
    const names = { suites: SUITES.map(({ name }) => name), peers: PEERS };
    return parseOptions(process.argv.slice(2), names);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`bench: ${error.message}`);
    process.exit(2);
  }
}
