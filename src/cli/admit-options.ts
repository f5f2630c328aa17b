import { readFile } from "node:fs/promises";
import { Option, type Command } from "commander";
import { parsePeerId, type PeerId } from "../base/index.ts";
import { type Suite } from "../shs/index.ts";
import { type Admit } from "../vat/index.ts";
import { defaultKeyPath } from "./key-path.ts";
import { doorWord, hostWord } from "./place-words.ts";
import { UsageError } from "./usage-error.ts";

/** Who may connect, and how: the options of every command that listens for peers. */
export interface DoorOptions {
  readonly listen: string;
  readonly key: string;
  readonly network?: string;
  readonly suite: readonly Suite[];
  readonly advertise?: string;
  readonly admit?: readonly string[];
  readonly admitFile?: string;
  readonly anyone?: true;
}

export function addDoorOptions(command: Command): Command {
  return command
    .option(
      "--listen <WHERE>",
      "tcp://HOST:PORT or unix:/PATH; port 0 picks one",
      doorWord,
      "tcp://[::]:0",
    )
    .option("--key <FILE>", "our key", defaultKeyPath(process.env))
    .option("--network <NAME>", "our network: a name, or 64 hexadecimal digits")
    .addOption(
      new Option("--suite <SUITE...>", "what we can be dialled with")
        .choices(["aead64k", "box-stream", "compact"] satisfies Suite[])
        .default(["aead64k"], "aead64k"),
    )
    .option("--advertise <HOST>", "the host to print in addresses", hostWord)
    .option("--admit <ID...>", "admit these keys")
    .option("--admit-file <FILE>", "admit the keys in FILE, one a line; read for each client")
    .option("--anyone", "admit every key");
}

/** Who may in. Throws `UsageError` when nothing says so, or a key is none. */
export async function admitOf({ admit, admitFile, anyone }: DoorOptions): Promise<Admit> {
  if (anyone === true) {
    if (admit === undefined && admitFile === undefined) return "anyone";
    throw new UsageError("--anyone admits everybody: no other key can be named", "leave it out");
  }
  const named = new Set((admit ?? []).map(idOf));
  if (admitFile !== undefined) {
    await idsIn(admitFile); // a mistake shows now, and not when a client comes
    return async ({ id }) => named.has(id) || (await idsIn(admitFile)).has(id);
  }
  if (named.size > 0) return ({ id }) => named.has(id);
  throw new UsageError(
    "nothing says who may connect",
    "add `--admit ID`, `--admit-file FILE`, or `--anyone`; `handfast id` prints an id",
  );
}

/** One id a line; what follows a # is a comment. */
async function idsIn(file: string): Promise<ReadonlySet<PeerId>> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${file} cannot be read: ${why}`, "`--admit-file` names a text file");
  }
  const lines = text.split("\n").map((line) => line.replace(/#.*/, "").trim());
  return new Set(lines.filter((line) => line !== "").map(idOf));
}

function idOf(text: string): PeerId {
  const id = parsePeerId(text);
  if (id !== undefined) return id;
  const hint = "an id is ed25519: and 43 characters; `handfast id FILE` prints one";
  throw new UsageError(`${text} is not the id of a key`, hint);
}
