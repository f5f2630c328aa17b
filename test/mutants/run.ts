/* eslint-disable no-console -- a program for the terminal */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Mutant, mutants } from "./mutants.ts";
import { roadMutants } from "./road-mutants.ts";
import { unheardMutants } from "./unheard-mutants.ts";

/**
 * node --import tsx test/mutants/run.ts [--only REGEXP]: breaks the library, one rule after another,
 * in a copy, and expects the tests to fail each time.
 */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COPIED = ["src", "test", "bench/bench.capnp.ts", "package.json", "tsconfig.json"];
const DEFAULT_TESTS = ["test/rpc"];
const TIMEOUT_MS = 180_000;

type Verdict = "passed" | "failed" | "hung";

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const chosen = [...mutants, ...roadMutants, ...unheardMutants].filter(({ rule, file }) =>
  new RegExp(values.only).test(`${file} ${rule}`),
);
const copy = mkdtempSync(join(tmpdir(), "handfast-mutants-"));
let survivors = 0;
try {
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const allTests = [...new Set(chosen.flatMap(({ tests = DEFAULT_TESTS }) => tests))];
  if (verdictOf(allTests) !== "passed") throw new Error("the tests fail without any mutant");
  for (const mutant of chosen) {
    const verdict = tried(mutant);
    if (verdict === "passed") survivors += 1;
    console.log(`${verdict === "passed" ? "SURVIVED" : "killed  "} ${mutant.rule}`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${chosen.length - survivors} of ${chosen.length} mutants killed`);
process.exitCode = survivors === 0 && chosen.length > 0 ? 0 : 1;

function tried({ file, from, to, tests = DEFAULT_TESTS }: Mutant): Verdict {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  if (text.split(from).length !== 2) throw new Error(`not exactly once in ${file}: ${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  try {
    return verdictOf(tests);
  } finally {
    writeFileSync(path, text);
  }
}

/** A run in which no test failed and yet something did is an error, and no verdict. */
function verdictOf(tests: readonly string[]): Verdict {
  const options = ["--config", "test/vitest.config.ts", "--bail", "1", "--reporter", "json"];
  const { stdout, stderr, error } = spawnSync("npx", ["vitest", "run", ...options, ...tests], {
    cwd: copy,
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) return "hung";
  const report: unknown = JSON.parse(stdout.slice(stdout.indexOf("{")));
  const { numFailedTests, success } = report as { numFailedTests: number; success: boolean };
  if (success) return "passed";
  if (numFailedTests > 0) return "failed";
  throw new Error(`it is no program any more: ${stdout} ${stderr}`);
}
