/** One figure of one peer, over all runs. */
export interface Row {
  readonly suite: string;
  readonly case: string;
  readonly peer: string;
  readonly metric: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** What a metric is measured in. A rate of one kind names what it counts: `calls/s`. */
const UNITS: Readonly<Record<string, string>> = {
  "calls/s": "1/s",
  "handshakes/s": "1/s",
  "trips/s": "1/s",
  "MB/s": "MB/s",
  "p50 µs": "µs",
  "p99 µs": "µs",
  ms: "ms",
  ns: "ns",
  bytes: "bytes",
  "CPU s/GB": "s/GB",
  "wire overhead %": "%",
  "kept %": "%",
};

export type Metric = keyof typeof UNITS;

/** Collects what the runs of one suite measure. */
export class Samples {
  readonly #suite: string;
  readonly #values = new Map<string, number[]>();

  constructor(suite: string) {
    this.#suite = suite;
  }

  add(name: string, peer: string, metric: Metric, value: number): void {
    if (!Number.isFinite(value)) throw new Error(`${peer} ${name}: ${metric} is ${value}`);
    const key = JSON.stringify([name, peer, metric]);
    const values = this.#values.get(key);
    if (values === undefined) this.#values.set(key, [value]);
    else values.push(value);
  }

  rows(): readonly Row[] {
    return [...this.#values].map(([key, values]) => {
      const [name, peer, metric] = JSON.parse(key) as [string, string, Metric];
      const sorted = values.toSorted((left, right) => left - right);
      return {
        suite: this.#suite,
        case: name,
        peer,
        metric,
        unit: UNITS[metric] ?? "",
        median: rounded(medianOf(sorted)),
        min: rounded(sorted[0] ?? 0),
        max: rounded(sorted.at(-1) ?? 0),
        runs: sorted.length,
      };
    });
  }
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** Four digits are more than a run can repeat. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
