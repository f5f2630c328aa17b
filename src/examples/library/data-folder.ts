import { existsSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Identity } from "handfast";
import { errorCode, reasonOf } from "./json-file.ts";
import { LibraryError } from "./library-error.ts";
import { replaceFile } from "./replace-file.ts";
import { type Role, Roster } from "./roster.ts";

/**
 * A new folder gets a key for each kind of reader, and a roster that knows them. Throws
 * `LibraryError` `FOLDER_UNUSABLE`, `FILE_UNWRITABLE`, and `StoreError` for a key.
 */
export async function prepareFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  const path = join(folder, "roster.json");
  if (existsSync(path)) return;
  const roles: readonly Role[] = ["librarian", "member", "visitor"];
  const known = roles.map(async (role) => {
    const { id } = await Identity.loadOrCreate(join(folder, `${role}.key`));
    return [id, role] as const;
  });
  const roster = new Roster(new Map(await Promise.all(known)));
  try {
    await replaceFile(path, roster.toJsonText());
  } catch (cause) {
    throw new LibraryError("FILE_UNWRITABLE", `${path}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Makes the folder and those above it, for the owner alone. Not by mkdir's own `recursive`: in
 * /proc, where a folder that exists refuses new ones with ENOENT, that one tries for ever.
 */
async function makeFolder(path: string): Promise<void> {
  try {
    if (await isFolder(path)) return;
    if (dirname(path) !== path) await makeFolder(dirname(path));
    await mkdir(path, { mode: 0o700 });
  } catch (cause) {
    if (cause instanceof LibraryError) throw cause;
    if (errorCode(cause) === "EEXIST" && (await isFolder(path))) return; // made by another
    throw new LibraryError("FOLDER_UNUSABLE", `${path}: ${reasonOf(cause)}`, { cause });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    if (errorCode(cause) === "ENOENT") return false;
    throw cause;
  }
}
