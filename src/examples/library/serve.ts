import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareFolder } from "./data-folder.ts";
import { LibraryError } from "./library-error.ts";
import { type DiaryEntry } from "./library.ts";
import { LibraryNode } from "./node.ts";

export interface ServeOptions {
  readonly catalog: string | undefined;
  /** Default: a new folder among the temporary files, removed at the end. */
  readonly data: string | undefined;
  readonly port: number;
  readonly print: (line: string) => void;
  /** Closes the library. */
  readonly signal: AbortSignal;
}

/** The folder of this package, where `npm start` works. */
const PACKAGE = fileURLToPath(new URL("../../..", import.meta.url));

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
  { catalog, port, print, signal }: Omit<ServeOptions, "data">,
): Promise<void> {
  const diary = (entry: DiaryEntry) => print(sentence(entry));
  await prepareFolder(folder);
  stopIfAborted(signal);
  await using node = await LibraryNode.open({ data: folder, catalog, port, diary });
  stopIfAborted(signal);

  print(`The library is open at\n  ${node.address}`);
  print(`Its keys, roster and loans are in\n  ${folder}`);
  if (!isKept) print("  and are removed when it closes: --data DIR keeps them");
  const book = node.shelves.search("").find((candidate) => !node.shelves.isOnLoan(candidate));
  if (book !== undefined) {
    const command = checkoutCommand(book.isbn, join(folder, "member.key"), node.address);
    print(`To check ${JSON.stringify(book.title)} out, type in a second terminal:\n  ${command}`);
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
