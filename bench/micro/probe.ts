import { spawnSync } from "node:child_process";

/** One way of doing one thing very often. */
export interface Probe {
  readonly name: string;
  /** Runs of the body that are timed together. */
  readonly times: number;
  /** How many things one run of the body does. Default 1. */
  readonly each?: number;
  readonly body: () => unknown;
  /** Also timed in a new process, before anything is optimised. */
  readonly alsoCold?: boolean;
}

/** What a cold start of a program does of a thing before the optimiser looks at it. */
const COLD_TIMES = 200;

const RUNS = 7;

/** Keeps what the bodies return alive, so that none of it is optimised away. */
let sink: unknown;

/**
 * Prints one line of JSON a probe: its name, and nanoseconds for each thing done. Each cold one has a
 * process of its own, which is this program once more with the probe's name.
 */
export function runProbes(probes: readonly Probe[]): void {
  const [program = "", cold] = process.argv.slice(1);
  for (const probe of probes) {
    if (probe.alsoCold !== true) continue;
    if (cold === probe.name) tell(`${probe.name},cold`, timed(probe, COLD_TIMES));
    if (cold === undefined)
      spawnSync(process.execPath, [program, probe.name], { stdio: "inherit" });
  }
  if (cold !== undefined) return;
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
