import { jsonLine, oneLine, printable } from "../base/index.ts";
import { type TextPosition } from "../net/index.ts";
import { describe } from "./description.ts";
import { OutputError } from "./output-error.ts";

/** One of the two streams of a process. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export interface TerminalOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One result: the words for people, the object for programs. */
export interface Result {
  readonly text: string;
  readonly json: object;
}

type Style = "dim" | "red";

const SGR: Readonly<Record<Style, string>> = { dim: "2", red: "31" };

/**
 * The rules of output, all of them: results go to stdout and everything else to stderr; with
 * `--json` each result is one line of JSON and so is an error; colours appear only on a terminal
 * (and never with `NO_COLOR` or `TERM=dumb`); text from elsewhere cannot send control sequences; an
 * error is one line with its code, one line with a hint, and a stack only when it is a bug of ours.
 */
export class Terminal {
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #coloured: boolean;
  /** Set as soon as `--json` is seen. */
  json = false;

  constructor({ stdout, stderr, env }: TerminalOptions) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#coloured = (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  }

  /** The terminal of this process. */
  static ofProcess(): Terminal {
    const { stdout, stderr, env } = process;
    const terminal = new Terminal({ stdout, stderr, env });
    stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(); // a reader who has seen enough: `… | head -1`
      terminal.error(new OutputError(error));
      process.exit(1);
    });
    stderr.on("error", () => {}); // nobody is left to tell
    return terminal;
  }

  /** What the command was asked for. */
  result({ text, json }: Result): void {
    this.#stdout.write(this.json ? `${jsonLine(json)}\n` : `${printable(text)}\n`);
  }

  /** Text that was asked for and has no JSON form: help and the version. */
  page(text: string): void {
    this.#stdout.write(text);
  }

  /** Something worth knowing beside the result; programs do not want it. */
  note(text: string): void {
    if (!this.json) this.#stderr.write(`${this.#paint("dim", printable(text))}\n`);
  }

  /** Why the command failed. */
  error(error: unknown): void {
    const { code, message, at, hint, stack } = describe(error);
    if (this.json) {
      this.#stderr.write(`${jsonLine({ error: { code, message, at, hint } })}\n`);
      return;
    }
    this.#stderr.write(`${this.#paint("red", `error ${code}:`)} ${oneLine(message)}\n`);
    if (at !== undefined) this.#stderr.write(caretUnder(at));
    if (hint !== undefined) this.#stderr.write(`${this.#paint("dim", `hint: ${hint}`)}\n`);
    if (stack !== undefined) this.#stderr.write(`${printable(stack)}\n`);
  }

  /** Something that went wrong while the command goes on. */
  incident(error: unknown, from: string): void {
    const { code, message } = describe(error);
    if (this.json) {
      this.#stderr.write(`${jsonLine({ warning: { code, message, from } })}\n`);
    } else {
      const line = `${this.#paint("dim", `warning ${code}:`)} ${oneLine(`${from}: ${message}`)}`;
      this.#stderr.write(`${line}\n`);
    }
  }

  #paint(style: Style, text: string): string {
    const coloured = this.#coloured && this.#stderr.isTTY === true;
    return coloured ? `\u001b[${SGR[style]}m${text}\u001b[0m` : text;
  }
}

/** The text on a line of its own, and a caret under the column. */
function caretUnder({ text, column }: TextPosition): string {
  const before = oneLine(text.slice(0, column - 1)).replaceAll("\t", " ");
  const after = oneLine(text.slice(column - 1)).replaceAll("\t", " ");
  return `  ${before}${after}\n  ${" ".repeat(before.length)}^\n`;
}
