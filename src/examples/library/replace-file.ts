import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode, reasonOf } from "./json-file.ts";
import { LibraryError } from "./library-error.ts";

/** How a file looks from outside: another one as soon as somebody writes it; `""` for no file. */
export type Fingerprint = string;

/**
 * Writes beside the file and renames: readers and crashes see the old text or the new one, for the
 * owner's eyes only. Calls `renamed` once the new text stands at `path`; what goes wrong after
 * that is only whether it survives a power cut.
 */
export async function replaceFile(
  path: string,
  text: string,
  renamed: (fingerprint: Fingerprint) => void = () => {},
): Promise<void> {
  const fresh = `${path}.new`;
  let fingerprint: Fingerprint;
  try {
    fingerprint = await writeWhole(fresh, text);
    await rename(fresh, path);
  } catch (cause) {
    await rm(fresh, { force: true }).catch(() => {}); // what went wrong first says more
    throw cause;
  }
  renamed(fingerprint);
  await syncDirectory(dirname(path));
}

/** Throws `LibraryError` `FILE_UNREADABLE`. */
export async function fingerprintOf(path: string): Promise<Fingerprint> {
  try {
    return fingerprintFrom(await stat(path, { bigint: true }));
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return "";
    throw new LibraryError("FILE_UNREADABLE", `${path}: ${reasonOf(cause)}`, { cause });
  }
}

interface Looks {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

function fingerprintFrom({ ino, size, mtimeNs }: Looks): Fingerprint {
  return `${ino} ${size} ${mtimeNs}`;
}

/** Writes a new file to the disk itself. A rename does not change its fingerprint. */
async function writeWhole(path: string, text: string): Promise<Fingerprint> {
  await rm(path, { force: true }); // half a file after a crash, or a FIFO, which would block
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(text);
  await file.sync();
  return fingerprintFrom(await file.stat({ bigint: true }));
}

/** Makes the rename itself survive a power cut. Windows has no such thing and needs none. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  await using directory = await open(path, "r");
  await directory.sync();
}
