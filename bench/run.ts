/**
 *     npm run bench [-- SUITE… --quick --json FILE --peers a,b --pin one|two|both|none --rounds N --ms N]
 *
 * Runs the suites named, or all of them, and prints a table for each metric. FILE gets the rows as
 * JSON. Complete runs (not `--quick`, no `--peers`) are kept: in `results/latest.json`, in the
 * charts beside it and in the tables of README.md. A crash or a wrong answer fails the run, and so
 * does no timing.
 */
import { parseArgs } from "node:util";
import { type Pin, possiblePins } from "./harness/machine.ts";
import { prepare } from "./harness/prepare.ts";
import { keep, resultsOf, writeJson } from "./harness/results.ts";
import { type Row } from "./harness/samples.ts";
import { tables } from "./harness/table.ts";
import { type Run } from "./harness/turns.ts";
import { SUITES } from "./suites/index.ts";

const PINS: Readonly<Record<string, readonly Pin[]>> = {
  both: ["two", "one"],
  one: ["one"],
  two: ["two"],
  none: ["none"],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    peers: { type: "string" },
    pin: { type: "string", default: "both" },
    rounds: { type: "string", default: "5" },
    ms: { type: "string", default: "300" },
  },
});

const names = positionals.length === 0 ? SUITES.map(({ name }) => name) : positionals;
const suites = SUITES.filter(({ name }) => names.includes(name));
const pins = PINS[values.pin];
if (suites.length < names.length || pins === undefined) {
  console.error(`suites: ${SUITES.map(({ name }) => name).join(" ")}`);
  console.error(`--pin:  ${Object.keys(PINS).join(" ")}`);
  process.exit(2);
}

const progress = (text: string): void => {
  process.stderr.write(`· ${text}\n`);
};
const missing = new Map<string, string>();
const failures: string[] = [];
const run: Run = {
  quick: values.quick,
  rounds: values.quick ? 1 : Number(values.rounds),
  ms: values.quick ? 25 : Number(values.ms),
  pins: possiblePins(values.quick ? pins.slice(0, 1) : pins),
  only: values.peers === undefined ? undefined : new Set(values.peers.split(",")),
  progress,
  missing: (peer, why) => missing.set(peer, why),
  failed: (what, error) => {
    failures.push(`${what}: ${String(error)}`);
    progress(`FAILED ${failures.at(-1) ?? ""}`);
  },
};

prepare(progress);
const rows: Row[] = [];
for (const suite of suites) {
  const measured = await suite.run(run);
  rows.push(...measured);
  console.log(`\n## ${suite.name}\n\n${tables(measured)}`);
}
const results = resultsOf(rows);
if (values.json !== undefined) writeJson(values.json, results);
if (!values.quick && values.peers === undefined && failures.length === 0) keep(results, SUITES);
for (const [peer, why] of missing) console.log(`\nnot here: ${peer} (${why})`);
for (const failure of failures) console.log(`\nFAILED ${failure}`);
process.exit(failures.length === 0 ? 0 : 1);
