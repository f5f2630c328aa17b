import { type Row } from "./samples.ts";

/**
 * Markdown tables, one a metric: a line for each peer, a column for each case; the median, and
 * behind it half of what lies between the least and the greatest, in percent.
 */
export function tables(rows: readonly Row[]): string {
  const metrics = unique(rows.map(({ metric }) => metric));
  return metrics.map((metric) => table(rows.filter((row) => row.metric === metric))).join("\n\n");
}

function table(rows: readonly Row[]): string {
  const cases = unique(rows.map((row) => row.case));
  const peers = unique(rows.map(({ peer }) => peer));
  const lines = peers.map((peer) => [
    peer,
    ...cases.map((name) => {
      const row = rows.find((candidate) => candidate.peer === peer && candidate.case === name);
      return row === undefined ? "–" : cell(row);
    }),
  ]);
  return aligned([[rows[0]?.metric ?? "", ...cases], ...lines]);
}

/** As prettier lays a table out; the columns at `left` are words, the others figures. */
export function aligned(
  lines: readonly (readonly string[])[],
  left: readonly number[] = [0],
): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const [head = "", ...body] = lines.map((line) => {
    const cells = line.map((text, column) => {
      const width = widths[column] ?? 0;
      return left.includes(column) ? text.padEnd(width) : text.padStart(width);
    });
    return `| ${cells.join(" | ")} |`;
  });
  const rule = widths.map((width, column) =>
    left.includes(column) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [head, `| ${rule.join(" | ")} |`, ...body].join("\n");
}

function cell({ median, min, max, runs }: Row): string {
  const figure = shortNumber(median);
  if (runs < 2 || median === 0) return figure;
  return `${figure} ±${(((max - min) / 2 / median) * 100).toFixed(0)}%`;
}

/** Three digits, and a thousands' comma in larger numbers. */
export function shortNumber(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];
