import { run } from "../../src/cli/program.ts";
import { Terminal } from "../../src/cli/terminal.ts";

/** A terminal that keeps what it is shown. */
export function screen() {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = new Terminal({
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
    env: {},
  });
  return { terminal, out: () => out.join(""), err: () => err.join("") };
}

/** Runs one command line within this process. */
export async function handfast(...args: string[]) {
  const { terminal, out, err } = screen();
  const status = await run(args, terminal);
  return { status, out: out(), err: err() };
}
