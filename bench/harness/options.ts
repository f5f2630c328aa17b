import { parseArgs } from "node:util";
import { type Pin } from "./machine.ts";

/** What the command line asks for. */
export interface Options {
  readonly suites: readonly string[];
  readonly quick: boolean;
  readonly json: string | undefined;
  /** Default: all. */
  readonly peers: readonly string[] | undefined;
  readonly pins: readonly Pin[];
  readonly rounds: number;
  /** Milliseconds of each measurement. */
  readonly ms: number;
  /** Whether every suite that is run is measured as by default. */
  readonly complete: boolean;
}

/** What may be named on the command line. */
export interface Names {
  readonly suites: readonly string[];
  readonly peers: readonly string[];
}

/** The command line asks for what there is not; the message is one line. */
export class UsageError extends Error {}

const PINS: Readonly<Record<string, readonly Pin[]>> = {
  both: ["two", "one"],
  one: ["one"],
  two: ["two"],
  none: ["none"],
};

/** Throws `UsageError`. */
export function parseOptions(args: readonly string[], names: Names): Options {
  const { values, positionals } = parsed(args);
  const peers = values.peers?.split(",");
  for (const name of positionals) mustBeOneOf("suite", name, names.suites);
  for (const name of peers ?? []) mustBeOneOf("peer", name, names.peers);
  mustBeOneOf("--pin", values.pin, Object.keys(PINS));
  return {
    suites: positionals.length === 0 ? names.suites : positionals,
    quick: values.quick,
    json: values.json,
    peers,
    pins: PINS[values.pin] ?? [],
    rounds: wholeNumber("--rounds", values.rounds),
    ms: wholeNumber("--ms", values.ms),
    complete: args.every((arg) => !arg.startsWith("--") || arg.startsWith("--json")),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: "boolean", default: false },
        json: { type: "string" },
        peers: { type: "string" },
        pin: { type: "string", default: "both" },
        rounds: { type: "string", default: "3" },
        ms: { type: "string", default: "300" },
      },
    });
  } catch (error) {
    const { message } = error as Error; // parseArgs throws nothing else
    throw new UsageError(message.split("\n", 1)[0]);
  }
}

function mustBeOneOf(what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new UsageError(`there is no ${what} '${name}'; there are ${known.join(", ")}`);
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UsageError(`${option} is a whole number above 0, not '${text}'`);
}
