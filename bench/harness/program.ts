import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What a program answers: numbers by name. */
export type Report = Readonly<Record<string, number>>;

/** A number after each word of an order, such as `calls depth=64 ms=500`. */
export type OrderWords = Readonly<Record<string, number | string>>;

/** Longer than any one measurement; a program that is silent for so long is stuck. */
const ANSWER_MS = 180_000;

/** The last lines of what a program complains are kept, for the error that ends it. */
const COMPLAINT_CHARS = 2000;

/**
 * One process of a peer, in whatever language. It takes one order a line and answers each with one
 * line: a JSON object of numbers; `unsupported`; or `error` and why.
 */
export class Program {
  readonly #child: ChildProcess;
  readonly #waiting: ((line: string | Error) => void)[] = [];
  readonly #lines: string[] = [];
  #complaint = "";
  #ended: Error | undefined;

  constructor(command: readonly string[]) {
    const [file = "", ...args] = command;
    this.#child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stdin?.on("error", () => {}); // how it ended tells the story
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-COMPLAINT_CHARS);
    });
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on("line", (line) => {
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.#lines.push(line);
        else waiting(line);
      });
    }
    this.#child.once("error", (error) => this.#end(error));
    this.#child.once("close", (code, signal) => {
      const how = signal ?? `code ${code ?? "unknown"}`;
      this.#end(new Error(`ended with ${how}: ${this.#complaint.trim()}`));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The next line that it says. Rejects when it is gone or silent. */
  async line(): Promise<string> {
    const said = this.#lines.shift();
    if (said !== undefined) return said;
    if (this.#ended !== undefined) throw this.#ended;
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end(new Error(`no answer within ${ANSWER_MS / 1000} s`));
        this.kill();
      }, ANSWER_MS);
      this.#waiting.push((line) => {
        clearTimeout(timer);
        if (line instanceof Error) reject(line);
        else resolve(line);
      });
    });
  }

  /** Gives an order; `undefined` when the program does not know how. */
  async ask(verb: string, words: OrderWords = {}): Promise<Report | undefined> {
    const order = [verb, ...Object.entries(words).map(([name, value]) => `${name}=${value}`)];
    return await this.say(order.join(" "));
  }

  async say(order: string): Promise<Report | undefined> {
    this.#child.stdin?.write(`${order}\n`);
    const line = await this.line();
    if (line === "unsupported") return undefined;
    if (line.startsWith("{")) return JSON.parse(line) as Report;
    throw new Error(`${order.slice(0, 60)}: ${line.replace(/^error /, "")}`);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting(error);
  }
}
