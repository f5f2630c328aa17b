import { type Row } from "./samples.ts";
import { shortNumber } from "./table.ts";

const WIDTH = 860;
const LABEL_WIDTH = 210;
const FIGURE_WIDTH = 90;
const BAR_HEIGHT = 14;
const GAP = 4;
const PANEL_GAP = 22;
const HEAD = 26;

/** Peers of ours stand out; what is written can be read on white and on black. */
const STYLE =
  "text{fill:#1f2328}.ours{fill:#2563eb}.theirs{fill:#9ca3af}line{stroke:#1f2328}" +
  "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#60a5fa}.theirs{fill:#6b7280}" +
  "line{stroke:#e6edf3}}";

/**
 * An SVG of horizontal bars: a panel for each case and metric, in it a bar for each peer with its
 * median and a line from its least to its greatest. Each panel has its own scale, from zero.
 */
export function chart(title: string, rows: readonly Row[]): string {
  const panels = new Map<string, Row[]>();
  for (const row of rows) {
    const name = `${row.case}: ${row.metric}`;
    panels.set(name, [...(panels.get(name) ?? []), row]);
  }
  let y = HEAD;
  const body = [...panels].map(([name, bars]) => {
    const text = panel(name, bars, y);
    y += heightOf(bars.length);
    return text;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

const heightOf = (bars: number): number => 16 + bars * (BAR_HEIGHT + GAP) + PANEL_GAP;

function panel(name: string, rows: readonly Row[], top: number): string {
  const greatest = Math.max(...rows.map(({ max }) => max), Number.MIN_VALUE);
  const room = WIDTH - LABEL_WIDTH - FIGURE_WIDTH;
  const at = (value: number) => LABEL_WIDTH + (Math.max(value, 0) / greatest) * room;
  const bars = rows.map(({ peer, median, min, max }, index) => {
    const y = top + 8 + index * (BAR_HEIGHT + GAP);
    const [middle, text] = [y + BAR_HEIGHT / 2, y + BAR_HEIGHT - 3];
    const whose = peer.startsWith("handfast") ? "ours" : "theirs";
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${text}" text-anchor="end">${escaped(peer)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${length(at(median) - LABEL_WIDTH)}" height="${BAR_HEIGHT}" class="${whose}"/>`,
      `<line x1="${length(at(min))}" x2="${length(at(max))}" y1="${middle}" y2="${middle}"/>`,
      `<text x="${length(at(max) + 6)}" y="${text}">${shortNumber(median)}</text>`,
    ].join("");
  });
  return [`<text x="8" y="${top}" font-weight="bold">${escaped(name)}</text>`, ...bars].join("\n");
}

const length = (value: number): string => value.toFixed(1);

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
