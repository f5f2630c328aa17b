import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Identity } from "handfast";
import { type DiaryEntry } from "./library.ts";
import { LibraryNode, type NodeOptions } from "./node.ts";
import { type Role, Roster } from "./roster.ts";

export interface ServeOptions {
  readonly catalog: string | undefined;
  /** Default: a new folder among the temporary files. */
  readonly data: string | undefined;
  readonly port: number;
  readonly print: (line: string) => void;
  /** Closes the library. */
  readonly signal: AbortSignal;
}

/** The folder of this package, where `npm start` works. */
const PACKAGE = fileURLToPath(new URL("../../..", import.meta.url));

/** Keeps the library open until `signal` aborts. */
export async function serve({ catalog, data, port, print, signal }: ServeOptions): Promise<void> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), "handfast-library-")));
  const diary = (entry: DiaryEntry) => print(sentence(entry));
  await using node = await open(folder, { catalog, port, diary }).catch(async (error: unknown) => {
    if (data === undefined) await rm(folder, { recursive: true });
    throw error;
  });

  print(`The library is open at\n  ${node.address}`);
  print(`Its keys, roster and loans are in\n  ${folder}`);
  const book = node.shelves.search("").find((candidate) => !node.shelves.isOnLoan(candidate));
  if (book !== undefined) {
    const command = checkoutCommand(book.isbn, join(folder, "member.key"), node.address);
    print(`To check ${JSON.stringify(book.title)} out, type in a second terminal:\n  ${command}`);
  }
  print("Ctrl-C closes it.\n");
  if (!signal.aborted) await once(signal, "abort");
}

async function open(folder: string, options: Omit<NodeOptions, "data">): Promise<LibraryNode> {
  await prepare(folder);
  return await LibraryNode.open({ data: folder, ...options });
}

/** A new folder gets a key for each kind of reader, and a roster that knows them. */
async function prepare(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "roster.json");
  if (existsSync(path)) return;
  const roles: readonly Role[] = ["librarian", "member", "visitor"];
  const known = roles.map(async (role) => {
    const { id } = await Identity.loadOrCreate(join(folder, `${role}.key`));
    return [id, role] as const;
  });
  const roster = new Roster(new Map(await Promise.all(known)));
  await writeFile(path, roster.toJsonText(), { mode: 0o600, flag: "wx" });
}

/** Words for a POSIX shell: an address has a `?` in it, and a path may have anything. */
function checkoutCommand(isbn: string, key: string, address: string): string {
  const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
  const options = `--checkout ${isbn} --key ${quote(key)} --at ${quote(address)}`;
  return `npm --prefix ${quote(PACKAGE)} start -- ${options}`;
}

function sentence(entry: DiaryEntry): string {
  const who = entry.by ?? "somebody";
  switch (entry.did) {
    case "root given":
      return `${who} came, and has the root of a ${entry.role}`;
    case "desk opened":
      return `${who} opened the desk of ${entry.member}`;
    case "lent":
    case "renewed":
    case "taken back":
      return `${JSON.stringify(entry.title)} was ${entry.did}: ${who}`;
    default:
      return entry satisfies never;
  }
}
