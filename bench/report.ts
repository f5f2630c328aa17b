import { type Row } from "./suites/transport.ts";

/** A table with a column for each peer: medians, and the spread as ± half of max - min in %. */
export function printTable(rows: readonly Row[]): string {
  const peers = [...new Set(rows.map(({ peer }) => peer))];
  const nameOf = (row: Row) => `${row.case} ${row.metric}, ${row.unit}`;
  const names = [...new Set(rows.map(nameOf))];
  const lines = names.map((name) => {
    const cells = peers.map((peer) => {
      const row = rows.find((candidate) => candidate.peer === peer && nameOf(candidate) === name);
      return row === undefined ? "–" : cell(row);
    });
    return [name, ...cells];
  });
  const table = [["", ...peers], ...lines];
  const widths = table[0]?.map((_, column) =>
    Math.max(...table.map((line) => line[column]?.length ?? 0)),
  );
  return table
    .map((line) => line.map((text, column) => text.padStart(widths?.[column] ?? 0)).join("  "))
    .join("\n");
}

function cell({ median, min, max }: Row): string {
  const digits = median >= 100 ? 0 : median >= 10 ? 1 : 2;
  const spread = median === 0 ? 0 : ((max - min) / 2 / median) * 100;
  return `${median.toFixed(digits)} ±${spread.toFixed(0)}%`;
}
