import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

/** How a program ended; `why` says what is wrong with that, if anything is. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly why: string | undefined;
}

/** Another program, running. It never outlives the time it is given. */
export class Program {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<void>;
  #stdout = "";
  #stderr = "";
  #notStarted: string | undefined;

  constructor(command: readonly string[], folder?: string) {
    const [file, ...args] = command;
    this.#child = spawn(file!, args, { cwd: folder });
    this.#closed = new Promise((resolve) => {
      this.#child.once("close", () => resolve());
      this.#child.once("error", (error) => {
        this.#notStarted = error.message;
        resolve();
      });
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#stdout += text));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    // A program that is gone cannot be written to; how it ended tells the story.
    this.#child.stdin.on("error", () => {});
  }

  /** The first match of `pattern` in what the program prints; undefined if it never does. */
  async says(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray | undefined> {
    const found = new Promise<RegExpExecArray>((resolve) => {
      this.#child.stdout.on("data", () => {
        const match = pattern.exec(this.#stdout);
        if (match !== null) resolve(match);
      });
    });
    const timer = this.#killAfter(timeoutMs);
    try {
      return await Promise.race([found, this.#closed.then(() => undefined)]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the program's stdin and waits for its end. */
  async end(timeoutMs: number): Promise<Ended> {
    this.#child.stdin.end();
    const timer = this.#killAfter(timeoutMs);
    await this.#closed;
    clearTimeout(timer);
    return { stdout: this.#stdout, stderr: this.#stderr, why: this.#whyBad(timeoutMs) };
  }

  #killAfter(timeoutMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#child.kill("SIGKILL"), timeoutMs);
  }

  #whyBad(timeoutMs: number): string | undefined {
    const { exitCode, signalCode, killed } = this.#child;
    if (this.#notStarted !== undefined) return this.#notStarted;
    if (killed) return `did not end within ${timeoutMs} ms`;
    if (signalCode !== null) return `died of ${signalCode}`;
    return exitCode === 0 ? undefined : `exited with ${exitCode}`;
  }
}

/** Runs a program to its end. */
export function run(
  command: readonly string[],
  { timeoutMs, folder }: { readonly timeoutMs: number; readonly folder?: string },
): Promise<Ended> {
  return new Program(command, folder).end(timeoutMs);
}

/** The line of a crash report that says what went wrong; of anything else, its last line. */
export function complaint(text: string): string {
  const lines = text.trim().split("\n");
  return (lines.find((line) => /^panic:|what\(\):|^error/.test(line)) ?? lines.at(-1) ?? "").trim();
}
