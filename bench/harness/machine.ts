import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";

/** Where a run took place. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
}

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
  };
}

/**
 * Which cores the two processes of a pair may use: `two`, one each; `one`, the same for both;
 * `none`, as the system likes.
 */
export type Pin = "one" | "two" | "none";

/** The ways of pinning there are here: `taskset` and two cores are needed. */
export function possiblePins(wanted: readonly Pin[]): readonly Pin[] {
  const possible = availableParallelism() >= 2 && hasTaskset();
  return possible ? wanted : ["none"];
}

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Puts every thread of a process on the core. */
export function pinProcess(pid: number, core: number): void {
  execFileSync("taskset", ["-a", "-p", "-c", String(core), String(pid)], { stdio: "ignore" });
}
