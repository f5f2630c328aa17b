import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAccessLog } from "./access-log-file.ts";
import { prepareFolder } from "./data-folder.ts";
import { LibraryError } from "./library-error.ts";
import { type DiaryEntry } from "./library.ts";
import { LibraryNode } from "./node.ts";

export interface ServeOptions {
  readonly catalog: string | undefined;
  /** Default: a new folder among the temporary files, removed at the end. */
  readonly data: string | undefined;
  readonly port: number;
  /** A file that gets a line for every call, behind those it has. */
  readonly accessLog: string | undefined;
  /** A Unix socket that says who holds what. */
  readonly adminSocket: string | undefined;
  readonly print: (line: string) => void;
  /** Closes the library. */
  readonly signal: AbortSignal;
}

/** The folder of this package, where `npm start` works. */
const PACKAGE = fileURLToPath(new URL("../../..", import.meta.url));

/** The command line of this package. */
const HANDFAST = join(PACKAGE, "dist/cli/main.js");

/**
 * Keeps the library open until `signal` aborts, which is a clean end; a signal before the library
 * is open throws `LibraryError` `INTERRUPTED`. A folder of its own making is removed either way.
 */
export async function serve({ data, ...options }: ServeOptions): Promise<void> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), "handfast-library-")));
  try {
    await serveFrom(folder, data !== undefined, options);
  } finally {
    if (data === undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function serveFrom(
  folder: string,
  isKept: boolean,
  { catalog, port, accessLog, adminSocket, print, signal }: Omit<ServeOptions, "data">,
): Promise<void> {
  const diary = (entry: DiaryEntry) => print(sentence(entry));
  await prepareFolder(folder);
  stopIfAborted(signal);
  await using log = accessLog === undefined ? undefined : await openAccessLog(accessLog, print);
  await using node = await LibraryNode.open({
    data: folder,
    catalog,
    port,
    diary,
    adminSocket,
    accessLog: log?.sink,
  });
  stopIfAborted(signal);

  print(`The library is open at\n  ${node.address}`);
  print(`Its keys, roster and loans are in\n  ${folder}`);
  if (!isKept) print("  and are removed when it closes: --data DIR keeps them");
  const book = node.shelves.search("").find((candidate) => !node.shelves.isOnLoan(candidate));
  if (book !== undefined) {
    const command = checkoutCommand(book.isbn, join(folder, "member.key"), node.address);
    print(`To check ${JSON.stringify(book.title)} out, type in a second terminal:\n  ${command}`);
  }
  if (adminSocket !== undefined) {
    print(`To see who holds what, type\n  node ${quoted(HANDFAST)} inspect ${quoted(adminSocket)}`);
  }
  print("Ctrl-C closes it.\n");
  if (!signal.aborted) await once(signal, "abort");
}

/** Start-up is short, as nothing in it waits for others: between its parts is soon enough. */
function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new LibraryError("INTERRUPTED", "the library was not open yet");
}

/** Words for a POSIX shell: an address has a `?` in it, and a path may have anything. */
function checkoutCommand(isbn: string, key: string, address: string): string {
  const options = `--checkout ${isbn} --key ${quoted(key)} --at ${quoted(address)}`;
  return `npm --prefix ${quoted(PACKAGE)} start -- ${options}`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function sentence(entry: DiaryEntry): string {
  const who = entry.by ?? "somebody";
  switch (entry.did) {
    case "root given":
      return `${who} came, and has the root of a ${entry.role}`;
    case "card asked for":
      return `${who} came, is on no list, and is asked for a card`;
    case "desk opened":
      return `${who} opened the desk of ${entry.member}`;
    case "card issued":
      return `${entry.member} got a card from ${who}`;
    case "cards withdrawn":
      return `${entry.member} has no cards any more: ${who}`;
    case "session begun":
      return `${who} has a session of ${entry.member}`;
    case "recognised":
      return `${who} asked, and is ${entry.member}`;
    case "lent":
    case "renewed":
    case "taken back":
    case "awaited":
      return `${JSON.stringify(entry.title)} was ${entry.did}: ${who}`;
    default:
      return entry satisfies never;
  }
}
