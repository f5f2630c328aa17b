import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chart } from "./chart.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { type Row } from "./samples.ts";
import { tables } from "./table.ts";
import { type Target, targetTable } from "./targets.ts";
import { type Suite } from "./turns.ts";

/** What a run leaves behind. */
export interface Results {
  readonly machine: Machine;
  readonly node: string;
  /** ISO 8601, of the end of the run that was last. */
  readonly date: string;
  readonly rows: readonly Row[];
}

const pathOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

export function resultsOf(rows: readonly Row[]): Results {
  return {
    machine: thisMachine(),
    node: process.version,
    date: new Date().toISOString(),
    rows,
  };
}

export function writeJson(path: string, { rows, ...where }: Results): void {
  const head = JSON.stringify(where).slice(1, -1);
  const lines = rows.map((row) => JSON.stringify(row)).join(",\n");
  writeFileSync(path, `{${head},\n"rows":[\n${lines}\n]}\n`);
}

/**
 * Replaces what is kept of the suites that were run: the JSON, the charts, the README's tables, each
 * with its own date. Ratios are of one suite, whose peers took turns.
 */
export function keep(results: Results, suites: readonly Suite[], targets: readonly Target[]): void {
  mkdirSync(pathOf("results"), { recursive: true });
  const ran = new Set(results.rows.map(({ suite }) => suite));
  const all = [...kept().filter(({ suite }) => !ran.has(suite)), ...results.rows];
  const rowsOf = (name: string) => all.filter(({ suite }) => suite === name);
  writeJson(pathOf("results/latest.json"), {
    ...results,
    rows: suites.flatMap(({ name }) => rowsOf(name)),
  });
  for (const suite of suites) {
    if (!ran.has(suite.name)) continue;
    const rows = rowsOf(suite.name);
    writeFileSync(pathOf(`results/${suite.name}.svg`), chart(suite.name, rows));
    const picture = `![${suite.name}](results/${suite.name}.svg)`;
    writeSection(suite.name, [suite.about, tables(rows), picture, placeOf(results)]);
  }
  writeSection("targets", [targetTable(targets, all)]);
}

function placeOf({ machine, node, date }: Results): string {
  return `${date.slice(0, 10)}, Node ${node.slice(1)}, ${machine.cores} × ${machine.cpu}`;
}

function kept(): readonly Row[] {
  const path = pathOf("results/latest.json");
  if (!existsSync(path)) return [];
  return (JSON.parse(readFileSync(path, "utf8")) as Results).rows;
}

/** Between the markers of the section in README.md. */
function writeSection(name: string, paragraphs: readonly string[]): void {
  const path = pathOf("README.md");
  writeFileSync(path, withSection(readFileSync(path, "utf8"), name, paragraphs));
}

/** The text with what stands between the section's markers replaced. */
export function withSection(text: string, name: string, paragraphs: readonly string[]): string {
  const [begin, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`bench/README.md has no place for ${name}`);
  return text.slice(0, before) + [begin, ...paragraphs].join("\n\n") + `\n\n${text.slice(after)}`;
}
