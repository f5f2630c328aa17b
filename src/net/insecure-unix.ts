import { chmod } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { dirname, isAbsolute } from "node:path";
import { isMainThread } from "node:worker_threads";
import { type ListenAddress } from "./address.ts";
import { bind, makeWay, unbind } from "./bind.ts";
import { announcingFailure } from "./diagnostics.ts";
import { NetError } from "./error.ts";
import { withDefaults } from "./limits.ts";
import { requireOwner, requireOwnFolder, statOf, unsafe } from "./own-folder.ts";
import { dialPlain } from "./plain.ts";
import { plainRoad, type PlainRoad, type PlainRoadOptions } from "./plain-road.ts";
import { UnknownPeer } from "./road-peer.ts";

/** Bytes of a socket's path with its final zero: `sun_path` of Linux, and 4 more than of macOS. */
const MAX_PATH_BYTES = 104;

/** Mode bits that let others do anything in a folder. */
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
 * can put another in its place. What a process that died left behind is removed. In a worker thread
 * the folder must be this user's alone (0700). Rejects with `NetError` `SOCKET_UNSAFE`,
 * `PORT_IN_USE`, `ADDRESS_UNAVAILABLE`.
 */
export async function listenInsecureUnix(
  path: string,
  options: PlainRoadOptions,
  accepted: (road: PlainRoad) => void,
): Promise<UnixListener> {
  const folder = dirname(path);
  const mode = await requireOwnFolder(folder);
  if (!isMainThread && (mode & OTHERS) !== 0) {
    throw unsafe(`a worker thread cannot set the umask: chmod go-rwx ${folder}, or take another`);
  }
  const address = { host: "", port: 0, path };
  await requireOwnPlace(path);
  await makeWay(address);
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const origin = { direction: "accepted", handshakeMs: 0 } as const;
    accepted(plainRoad(socket, new UnknownPeer(path, "unix"), origin, options));
  });
  server.maxConnections = withDefaults(options.limits).maxConnections;
  await bindUnseen(server, address);
  try {
    await chmod(path, 0o600);
  } catch (cause) {
    server.close();
    throw unsafe(`the mode of ${path} cannot be set`, cause);
  }
  return { close: () => unbind(server) };
}

/**
 * Dials what only this user, or root, can have put there. Rejects with `NetError` `SOCKET_UNSAFE`,
 * `CONNECTION_REFUSED`, `ABORTED`.
 */
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
  requireOwner(stats, path);
  await requireOwnFolder(dirname(path));
}

/** What is there already must be a socket of ours; one that is dead makes way. */
async function requireOwnPlace(path: string): Promise<void> {
  const stats = await statOf(path);
  if (stats === undefined) return;
  if (!stats.isSocket()) throw unsafe(`${path} is there already, and is not a socket`);
  requireOwner(stats, path);
}

/**
 * Binding happens within the call, so the file is never there with another mode. Worker threads may
 * not set the umask; their folder has no way in for others.
 */
async function bindUnseen(server: Server, address: ListenAddress): Promise<void> {
  const umask = isMainThread ? process.umask(0o177) : undefined;
  let bound: Promise<ListenAddress>;
  try {
    bound = bind(server, address);
  } finally {
    if (umask !== undefined) process.umask(umask);
  }
  await bound;
}
