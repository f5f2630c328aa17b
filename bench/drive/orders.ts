import { createInterface } from "node:readline";

/** What an order says after its verb: numbers by name. */
export type Words = Readonly<Record<string, number>>;

/** Answers an order with numbers; `undefined` says that this peer cannot do that. */
export type Obey = (verb: string, words: Words, rest: string) => Promise<Answer | undefined>;
export type Answer = Readonly<Record<string, number>>;

/** Reads orders from stdin, one a line, and answers each with a line. Ends with its parent. */
export function takeOrders(obey: Obey): void {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    const space = line.indexOf(" ");
    const verb = space < 0 ? line : line.slice(0, space);
    const rest = space < 0 ? "" : line.slice(space + 1);
    obey(verb, wordsIn(rest), rest).then(
      (answer) => say(answer === undefined ? "unsupported" : JSON.stringify(answer)),
      (error: unknown) => say(`error ${String(error).replaceAll(/\s+/g, " ")}`),
    );
  });
  lines.on("close", () => process.exit());
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function wordsIn(text: string): Words {
  const words: Record<string, number> = {};
  for (const [, name = "", value] of text.matchAll(/(\w+)=([\d.]+)/g)) words[name] = Number(value);
  return words;
}

/** What an order must say. */
export function word(words: Words, name: string): number {
  const value = words[name];
  if (value === undefined) throw new Error(`the order does not say ${name}`);
  return value;
}
