import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** A file that results go to instead of `child.stdout`. */
  readonly stdout?: number | undefined;
}

/** Starts a program of this repository from its sources, as a process of its own. */
export function start(
  entry: string,
  args: readonly string[],
  { env = {}, cwd, stdout }: ProgramOptions = {},
): ChildProcess {
  const tsx = import.meta.resolve("tsx");
  const node = ["--conditions=@handfast/source", "--import", tsx, `${ROOT}/${entry}`];
  return spawn(process.execPath, [...node, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
    stdio: ["ignore", stdout ?? "pipe", "pipe"],
  });
}

/** Runs a program to its end. */
export async function runProgram(
  entry: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<Outcome> {
  const child = start(entry, args, options);
  const collect = (stream: NodeJS.ReadableStream | null) => {
    const parts: string[] = [];
    stream?.setEncoding("utf8").on("data", (text: string) => parts.push(text));
    return parts;
  };
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { status, stdout: stdout.join(""), stderr: stderr.join("") };
}
