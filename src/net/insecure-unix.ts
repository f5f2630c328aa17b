import { chmod, lstat, realpath, unlink } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname, isAbsolute } from "node:path";
import { isMainThread } from "node:worker_threads";
import { announcingFailure } from "./diagnostics.ts";
import { NetError, systemError } from "./error.ts";
import { withDefaults } from "./limits.ts";
import { dialPlain } from "./plain.ts";
import { plainRoad, type PlainRoad, type PlainRoadOptions } from "./plain-road.ts";
import { UnknownPeer } from "./road-peer.ts";

/** Bytes of a socket's path with its final zero: `sun_path` of Linux, and 4 more than of macOS. */
const MAX_PATH_BYTES = 104;

/** Mode bits that let others write to a folder, and the one that keeps their hands off our files. */
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/** Those that let others do anything in a folder. */
const OTHERS = 0o077;

/** The path of `insecure+unix:/path`; `undefined` for any other address. Throws `NetError` `ADDRESS_INVALID`. */
export function parseInsecureUnixAddress(text: string): string | undefined {
  if (!text.startsWith("insecure+unix:")) return undefined;
  const path = text.slice("insecure+unix:".length);
  if (!isAbsolute(path) || path.includes("\0") || Buffer.byteLength(path) >= MAX_PATH_BYTES) {
    const message = `a Unix socket has an absolute path of less than ${MAX_PATH_BYTES} bytes`;
    throw new NetError("ADDRESS_INVALID", message);
  }
  return path;
}

export interface UnixDialOptions extends PlainRoadOptions {
  /** Gives the dial up. */
  readonly signal?: AbortSignal | undefined;
}

/** A door in the file system. */
export interface UnixListener {
  close(): Promise<void>;
}

/**
 * Listens where only this user can connect: the socket has mode 0600, in a folder where nobody else
 * can put another in its place, in folders of which the same is true. What a process that died left behind is removed. In a worker
 * thread the folder must be this user's alone (0700). Rejects with `NetError` `SOCKET_UNSAFE`,
 * `PORT_IN_USE`, `ADDRESS_UNAVAILABLE`.
 */
export async function listenInsecureUnix(
  path: string,
  options: PlainRoadOptions,
  accepted: (road: PlainRoad) => void,
): Promise<UnixListener> {
  await requireOwnFolder(dirname(path));
  await removeStale(path);
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const origin = { direction: "accepted", handshakeMs: 0 } as const;
    accepted(plainRoad(socket, new UnknownPeer(path, "unix"), origin, options));
  });
  server.maxConnections = withDefaults(options.limits).maxConnections;
  await bind(server, path);
  try {
    await chmod(path, 0o600);
  } catch (cause) {
    server.close();
    throw unsafe(`the mode of ${path} cannot be set`, cause);
  }
  return {
    close: () =>
      new Promise((closed) => {
        server.close(); // which removes the socket's file
        setImmediate(closed);
      }),
  };
}

/** Dials. Rejects with `NetError` `SOCKET_UNSAFE` (not ours), `CONNECTION_REFUSED`, `ABORTED`. */
export async function dialInsecureUnix(path: string, options: UnixDialOptions): Promise<PlainRoad> {
  await announcingFailure(path, () => requireOwnSocket(path));
  return await dialPlain({ ...options, address: { host: "", port: 0, path } });
}

async function requireOwnSocket(path: string): Promise<void> {
  const stats = await statOf(path);
  if (stats === undefined) throw new NetError("CONNECTION_REFUSED", `there is no ${path}`);
  if (!stats.isSocket()) {
    const what = stats.isDirectory() ? "a folder" : "a file";
    throw new NetError("CONNECTION_REFUSED", `${path} is ${what}, not a socket`);
  }
  requireOwner(stats.uid, path);
}

/** Nobody but us and root may put files there, or replace ours. */
async function requireOwnFolder(folder: string): Promise<void> {
  const stats = await statOf(folder);
  if (stats === undefined)
    throw new NetError("ADDRESS_UNAVAILABLE", `there is no folder ${folder}`);
  if (!stats.isDirectory())
    throw unsafe(`${folder} is not a folder itself (perhaps a link to one)`);
  for (const each of new Set([...foldersTo(folder), ...foldersTo(await realpath(folder))])) {
    await requireNobodyElse(each);
  }
  if (!isMainThread && (stats.mode & OTHERS) !== 0) {
    throw unsafe(`a worker thread cannot set the umask: chmod go-rwx ${folder}, or take another`);
  }
}

/** The folder and all that it is in, as the path has them: some may be links. */
function foldersTo(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [...foldersTo(above), folder];
}

/** Whoever may write in a folder can put another in the place of what is in it. */
async function requireNobodyElse(folder: string): Promise<void> {
  const stats = await statOf(folder);
  if (stats === undefined) throw unsafe(`${folder} is gone`);
  requireOwner(stats.uid, folder);
  if (!stats.isDirectory()) return; // a link: where it leads to is looked at, too
  if ((stats.mode & OTHERS_WRITE) !== 0 && (stats.mode & STICKY) === 0) {
    throw unsafe(`others may write in ${folder}: chmod go-w it, or take another`);
  }
}

/** Makes way: only a socket of ours that nobody listens on is removed. */
async function removeStale(path: string): Promise<void> {
  const stats = await statOf(path);
  if (stats === undefined) return;
  if (!stats.isSocket()) throw unsafe(`${path} is there already, and is not a socket`);
  requireOwner(stats.uid, path);
  if (await answers(path)) throw new NetError("PORT_IN_USE", `somebody listens on ${path}`);
  await unlink(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ path });
    socket.once("error", () => {
      resolve(false);
    });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/**
 * Binding happens within `listen`, so the file is never there with another mode. Worker threads
 * may not set the umask; their folder has no way in for others.
 */
function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      reject(systemError(error, `cannot listen on ${path}`));
    };
    server.once("error", failed);
    const umask = isMainThread ? process.umask(0o177) : undefined;
    try {
      server.listen(path, () => {
        server.off("error", failed);
        server.on("error", () => {}); // of one connection: go on accepting
        resolve();
      });
    } finally {
      if (umask !== undefined) process.umask(umask);
    }
  });
}

/** Of the file itself, not of what a link leads to. */
async function statOf(path: string) {
  try {
    return await lstat(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined; // of lstat
    throw systemError(cause as Error, path);
  }
}

function requireOwner(uid: number, path: string): void {
  const own = process.getuid?.();
  if (own === undefined || uid === own || uid === 0) return;
  throw unsafe(`${path} belongs to another user`);
}

function unsafe(message: string, cause?: unknown): NetError {
  return new NetError("SOCKET_UNSAFE", message, { cause });
}
