import { Command, CommanderError } from "commander";
import { HandfastError } from "../base/index.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addGen } from "./commands/gen.ts";
import { addId } from "./commands/id.ts";
import { addInspect } from "./commands/inspect.ts";
import { addKeygen } from "./commands/keygen.ts";
import { addPing } from "./commands/ping.ts";
import { addServeProbe } from "./commands/serve-probe.ts";
import { addTunnel } from "./commands/tunnel.ts";
import { manifest } from "./manifest.ts";
import { type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** The exit status of the process: 2 for a command line that makes no sense, 1 for other failures. */
export type ExitStatus = 0 | 1 | 2;

/** Runs one command line (without the program's own name), and never rejects. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  try {
    refuseEmpty(args);
    await programFor(terminal).parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // help was asked for
    const failure = error instanceof CommanderError ? usageErrorOf(error) : error;
    terminal.error(failure);
    return failure instanceof HandfastError && MISSPELT.has((failure as HandfastError).code)
      ? 2
      : 1;
  }
}

/** No word of a command line may be empty, and a shell makes one of a variable that is not set. */
function refuseEmpty(args: readonly string[]): void {
  const at = args.findIndex((word) => word === "" || /^--[a-z-]+=$/.test(word));
  if (at < 0) return;
  const where = args[at] === "" ? `word ${at + 1}` : `the value of ${args[at] ?? ""}`;
  throw new UsageError(`${where} of the command line is empty`, "is a variable of your shell set?");
}

/** What is wrong with the words themselves, whatever the world is like. */
const MISSPELT: ReadonlySet<string> = new Set([
  "USAGE",
  "ADDRESS_INVALID",
  "INSECURE",
  "NETWORK_INVALID",
]);

function programFor(terminal: Terminal): Command {
  const program = new Command("handfast")
    .description("Object-capability RPC between peers who know each other's keys.")
    .version(manifest().version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this page")
    .helpCommand(false)
    .option("--json", "print results, and errors, as one line of JSON each")
    .on("option:json", () => {
      terminal.json = true;
    })
    .configureOutput({
      writeOut: (text) => terminal.page(text),
      writeErr: () => {}, // commander says it again in what it throws
    })
    .exitOverride()
    .showSuggestionAfterError(true);
  addKeygen(program, terminal);
  addId(program, terminal);
  addGen(program, terminal);
  addPing(program, terminal);
  addServeProbe(program, terminal);
  addDoctor(program, terminal);
  addInspect(program, terminal);
  addTunnel(program, terminal);
  return program;
}

function usageErrorOf({ code, message }: CommanderError): UsageError {
  if (code === "commander.help" || code === "commander.unknownCommand") {
    const what = code === "commander.help" ? "no command was given" : oneLine(message);
    return new UsageError(what, "`--help` lists the commands");
  }
  return new UsageError(oneLine(message), "`handfast COMMAND --help` shows what it takes");
}

function oneLine(message: string): string {
  return message.replace(/^error: /, "").replace(/\s+/g, " ");
}
