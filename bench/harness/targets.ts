import { type Row } from "./samples.ts";
import { aligned, shortNumber } from "./table.ts";

/** Where a figure stands: its suite, case, peer and metric. */
export type Place = readonly [suite: string, name: string, peer: string, metric: string];

/** What is to be reached: a figure, or its ratio to another. */
export interface Target {
  readonly about: string;
  readonly figure: Place;
  /** What the figure, and the other one, are counted from, such as the time of a bare echo. */
  readonly above?: Place;
  /** Absent: the figure itself is judged. */
  readonly against?: Place;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** How a target is met by what was measured. */
export interface Verdict {
  readonly target: Target;
  readonly figure: number;
  readonly other: number | undefined;
  readonly ratio: number | undefined;
  readonly met: boolean;
}

/** `undefined` when a figure has not been measured. */
export function judge(target: Target, rows: readonly Row[]): Verdict | undefined {
  const above = target.above === undefined ? 0 : median(target.above, rows);
  const figure = median(target.figure, rows);
  const other = target.against === undefined ? undefined : median(target.against, rows);
  if (figure === undefined || above === undefined) return undefined;
  if (target.against !== undefined && other === undefined) return undefined;
  const ratio = other === undefined ? undefined : (figure - above) / (other - above);
  const judged = ratio ?? figure - above;
  const { atLeast = -Infinity, atMost = Infinity } = target;
  return {
    target,
    figure: ratio === undefined ? judged : figure,
    other,
    ratio,
    met: judged >= atLeast && judged <= atMost,
  };
}

function median([suite, name, peer, metric]: Place, rows: readonly Row[]): number | undefined {
  return rows.find(
    (row) => row.suite === suite && row.case === name && row.peer === peer && row.metric === metric,
  )?.median;
}

/** A Markdown table, a line for each target. */
export function targetTable(targets: readonly Target[], rows: readonly Row[]): string {
  const head = ["target", "figure", "against", "ratio", "wanted", "met"];
  return aligned(
    [head, ...targets.map((target) => lineOf(target, judge(target, rows)))],
    [0, 2, 5],
  );
}

function lineOf(target: Target, verdict: Verdict | undefined): readonly string[] {
  const { about, figure, against } = target;
  const nameOf = ([suite, name, peer]: Place) =>
    [suite === figure[0] ? "" : `${suite} `, name === figure[1] ? "" : `${name} `, peer].join("");
  const wanted = wantedOf(target);
  if (verdict === undefined) return [about, "–", against?.[2] ?? "–", "–", wanted, "not measured"];
  const other =
    against === undefined ? "–" : `${nameOf(against)}: ${shortNumber(verdict.other ?? 0)}`;
  const ratio = verdict.ratio === undefined ? "–" : verdict.ratio.toFixed(2);
  return [
    about,
    `${shortNumber(verdict.figure)} ${figure[3]}`,
    other,
    ratio,
    wanted,
    verdict.met ? "yes" : "**no**",
  ];
}

function wantedOf({ atLeast, atMost, against }: Target): string {
  const [sign, limit] = atLeast === undefined ? ["≤", atMost ?? 0] : ["≥", atLeast];
  return `${sign} ${against === undefined ? limit.toLocaleString("en") : limit.toFixed(2)}`;
}
