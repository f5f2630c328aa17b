import { count, type Judgement, type Result } from "./score.ts";

const SHOWN: readonly (readonly [Judgement["is"], string])[] = [
  ["passed", "ok"],
  ["known", "known"],
  ["absent", "absent"],
  ["failed", "FAILED"],
];

/** A row for each client, a column for each server: `30 ok, 1 known`. */
export function tableOf(results: readonly Result[], peers: readonly string[]): string {
  const clients = peers.filter((name) => results.some(({ client }) => client === name));
  const servers = peers.filter((name) => results.some(({ server }) => server === name));
  const rows = [
    ["client ╲ server", ...servers],
    ...clients.map((client) => [
      client,
      ...servers.map((server) =>
        cellOf(results.filter((one) => one.client === client && one.server === server)),
      ),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

function cellOf(results: readonly Result[]): string {
  const counts = SHOWN.map(([is, word]) => [count(results, is), word] as const);
  const shown = counts.filter(([number]) => number > 0);
  return shown.length === 0 ? "·" : shown.map(([number, word]) => `${number} ${word}`).join(", ");
}
