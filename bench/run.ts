/**
 * Runs one suite: `npm run bench -- transport [--json FILE] [--runs N] [--ms N] [--peers a,b] [--quick]`.
 * Prints a table; FILE gets `{ node, date, cpus, rows }`.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { printTable } from "./report.ts";
import { type Row, transport, type TransportBenchOptions } from "./suites/transport.ts";

const SUITES: Readonly<
  Record<string, (options: TransportBenchOptions) => Promise<readonly Row[]>>
> = { transport };

/** `--quick` only shows that the suite runs; its figures mean nothing. */
const QUICK_PEERS = ["handfast", "handfast/box-stream", "raw-tcp", "node-mtls"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "string" },
    runs: { type: "string", default: "5" },
    ms: { type: "string", default: "500" },
    peers: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});
const suite = SUITES[positionals[0] ?? ""];
if (suite === undefined) {
  console.error(`usage: run.ts ${Object.keys(SUITES).join(" | ")} [--json FILE] [--runs N]`);
  process.exit(2);
}
const rows = await suite({
  peers: values.peers?.split(",") ?? (values.quick ? QUICK_PEERS : undefined),
  runs: values.quick ? 1 : Number(values.runs),
  ms: values.quick ? 50 : Number(values.ms),
});
console.log(printTable(rows));
if (values.json !== undefined) {
  const machine = { node: process.version, date: new Date().toISOString(), cpus: cpus().length };
  writeFileSync(values.json, `${JSON.stringify({ ...machine, rows }, null, 1)}\n`);
}
