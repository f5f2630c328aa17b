/** One way of doing one thing very often. */
export interface Probe {
  readonly name: string;
  /** Runs of the body that are timed together. */
  readonly times: number;
  /** How many things one run of the body does. Default 1. */
  readonly each?: number;
  readonly body: () => unknown;
  /** Also timed for the first time in the process, before anything is optimised. */
  readonly alsoCold?: boolean;
}

/** What a cold start of a program does of a thing before the optimiser looks at it. */
const COLD_TIMES = 200;

const RUNS = 7;

/** Keeps what the bodies return alive, so that none of it is optimised away. */
let sink: unknown;

/** Prints one line of JSON a probe: its name, and nanoseconds for each thing done. */
export function runProbes(probes: readonly Probe[]): void {
  for (const probe of probes) {
    if (probe.alsoCold === true) tell(`${probe.name},cold`, timed(probe, COLD_TIMES));
  }
  for (const probe of probes) {
    const runs = Array.from({ length: RUNS }, () => timed(probe, probe.times));
    runs.sort((left, right) => left - right);
    tell(probe.name, runs[RUNS >> 1] ?? 0);
  }
  if (sink === probes) throw new Error("a probe has returned them all");
}

function timed({ body, each = 1 }: Probe, times: number): number {
  const start = process.hrtime.bigint();
  for (let time = 0; time < times; time += 1) sink = body();
  return Number(process.hrtime.bigint() - start) / times / each;
}

function tell(name: string, ns: number): void {
  process.stdout.write(`${JSON.stringify({ name, ns })}\n`);
}
