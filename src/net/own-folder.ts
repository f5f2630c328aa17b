import { type Stats } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { resolve } from "node:path";
import { NetError, systemError } from "./error.ts";

/** Mode bits that let others write to a folder, and the one that keeps their hands off our files. */
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/** Links followed on one path: as many as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40;

/**
 * The mode of a folder in which nobody but us and root may put files, or replace ours. Its path is
 * walked as the system walks it: whoever may write in a folder on the way, be it one that a link of a
 * link leads through, decides where the way ends. Rejects with `NetError` `SOCKET_UNSAFE` and, where
 * there is no such folder, `ADDRESS_UNAVAILABLE`.
 */
export async function requireOwnFolder(folder: string): Promise<number> {
  const ahead = namesIn(folder);
  let links = 0;
  let [at, mode] = ["/", 0];
  for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    const next = resolve(at, name); // `at` holds no link, so that `..` is what it is in
    const stats = await statOf(next);
    if (stats === undefined) {
      throw new NetError("ADDRESS_UNAVAILABLE", `there is no folder ${next}`);
    }
    requireOwner(stats, next);
    if (stats.isSymbolicLink()) {
      links += 1;
      if (links > MAX_LINKS) throw unsafe(`${folder} leads through more than ${MAX_LINKS} links`);
      ahead.unshift(...namesIn(await readlink(next)));
    } else if (stats.isDirectory()) {
      requireOthersCannotWrite(stats, next);
      [at, mode] = [next, stats.mode];
    } else {
      throw new NetError("ADDRESS_UNAVAILABLE", `${next} is not a folder`);
    }
  }
  return mode;
}

/** The names of a path, one after the other; an absolute one begins with that of the root. */
function namesIn(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return path.startsWith("/") ? ["/", ...names] : names;
}

/** What is there itself, not what a link leads to; `undefined` for nothing. */
export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined; // of lstat
    throw systemError(cause as Error, path);
  }
}

/** Throws `NetError` `SOCKET_UNSAFE` for what is neither ours nor root's. */
export function requireOwner(stats: Stats, path: string): void {
  if (!isOwn(stats) && stats.uid !== 0) throw unsafe(`${path} belongs to another user`);
}

/** Whether something is this user's, as far as the system has users. */
export function isOwn({ uid }: Stats): boolean {
  return (process.getuid?.() ?? uid) === uid;
}

function requireOthersCannotWrite({ mode }: Stats, folder: string): void {
  if ((mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0) return;
  throw unsafe(`others may write in ${folder}: chmod go-w it, or take another`);
}

export function unsafe(message: string, cause?: unknown): NetError {
  return new NetError("SOCKET_UNSAFE", message, { cause });
}
