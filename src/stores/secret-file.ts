import { constants, type Stats } from "node:fs";
import { type FileHandle, link, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreError } from "./error.ts";

/** Far above any key file; a larger one is not a key file. */
const MAX_BYTES = 16 * 1024;

/** Bits of the mode that would let the group or the world in. */
const OTHERS = 0o077;

/**
 * The text of a file that holds a secret. Throws `StoreError`: `KEY_FILE_MISSING`,
 * `KEY_FILE_SYMLINK`, `KEY_FILE_NOT_REGULAR`, `KEY_FILE_MODE`, `KEY_FILE_UNREADABLE`,
 * `KEY_FILE_MALFORMED` when it is far too long.
 */
export async function readSecretFile(path: string): Promise<Buffer> {
  const handle = await openToRead(path);
  try {
    refuseUnlessPrivate(path, await handle.stat());
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_BYTES + 1), 0, MAX_BYTES + 1);
    if (bytesRead > MAX_BYTES) {
      throw new StoreError("KEY_FILE_MALFORMED", `${path} is too long for a key file`);
    }
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file that did not exist, readable by its owner alone. It appears whole or not at all:
 * two processes that create it at once cannot see half of it. Throws `StoreError`
 * `KEY_FILE_EXISTS`, `KEY_FILE_UNWRITABLE`.
 */
export async function createSecretFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}-${(drafts += 1)}.new`;
  try {
    await writeDraft(draft, text);
    try {
      await link(draft, path); // fails when anything is there already, even a dangling symlink
    } finally {
      await unlink(draft);
    }
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") {
      throw new StoreError("KEY_FILE_EXISTS", `${path} exists, and a key is never overwritten`);
    }
    if (codeOf(cause) === "ENOENT") {
      throw new StoreError("KEY_FILE_UNWRITABLE", `there is no folder ${dirname(draft)}`);
    }
    throw new StoreError("KEY_FILE_UNWRITABLE", `${path} cannot be written`, cause);
  }
}

let drafts = 0;

async function writeDraft(draft: string, text: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const handle = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function openToRead(path: string): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    return await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK); // a FIFO must not hold us up
  } catch (cause) {
    switch (codeOf(cause)) {
      case "ENOENT":
        throw new StoreError("KEY_FILE_MISSING", `there is no key file ${path}`);
      case "ELOOP":
        throw new StoreError("KEY_FILE_SYMLINK", `${path} is a symbolic link`);
      case "ENXIO": // a socket
        throw new StoreError("KEY_FILE_NOT_REGULAR", `${path} is not a regular file`);
      default:
        throw new StoreError("KEY_FILE_UNREADABLE", `${path} cannot be read`, cause);
    }
  }
}

function refuseUnlessPrivate(path: string, stats: Stats): void {
  if (!stats.isFile()) {
    throw new StoreError("KEY_FILE_NOT_REGULAR", `${path} is not a regular file`);
  }
  if (process.platform !== "win32" && (stats.mode & OTHERS) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
    throw new StoreError("KEY_FILE_MODE", `others may read ${path} (mode ${mode}): chmod 600 it`);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
