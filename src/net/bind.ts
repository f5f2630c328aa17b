import { connect, type Server } from "node:net";
import { unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { type ListenAddress, printPlace } from "./address.ts";
import { NetError, systemError } from "./error.ts";
import { isOwn, statOf } from "./own-folder.ts";

/**
 * Has a server listen, and tells where: the port is never 0. A path is taken before this returns;
 * {@link makeWay} comes first. `failed` is told what happens to the server later, such as a want of
 * file descriptors: it goes on accepting. Rejects with `NetError` `PORT_IN_USE`, `PORT_FORBIDDEN`,
 * `ADDRESS_UNAVAILABLE`, `HOST_NOT_FOUND`.
 */
export function bind(
  server: Server,
  address: ListenAddress,
  failed: (error: Error) => void = () => {},
): Promise<ListenAddress> {
  const { host, port, path } = address;
  return new Promise((resolve, reject) => {
    const refused = (error: Error) => {
      reject(systemError(error, `cannot listen on ${printPlace(address)}`));
    };
    server.once("error", refused);
    server.listen(path === undefined ? { host, port } : { path }, () => {
      server.off("error", refused);
      server.on("error", failed);
      const bound = server.address();
      const isPath = typeof bound !== "object" || bound === null;
      resolve(isPath ? address : { host: bound.address, port: bound.port });
    });
  });
}

/**
 * Removes what a process of ours that died left at a path: a socket that nobody listens on. What else
 * is there stays, and {@link bind} is refused. Rejects with `NetError` `ADDRESS_UNAVAILABLE` when
 * there is no such folder.
 */
export async function makeWay({ path }: ListenAddress): Promise<void> {
  if (path === undefined) return;
  const folder = dirname(path);
  if ((await statOf(folder)) === undefined) {
    throw new NetError("ADDRESS_UNAVAILABLE", `there is no folder ${folder}`);
  }
  const stats = await statOf(path);
  if (stats?.isSocket() === true && isOwn(stats) && (await isDead(path))) {
    await unlink(path).catch(() => {}); // `bind` says what is in the way
  }
}

/** Only a refusal tells: one that is busy, or will not have us, is alive. */
function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code === "ECONNREFUSED");
    });
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
  });
}

/** Accepts nobody more; who came in stays. A socket's file is gone then. */
export function unbind(server: Server): Promise<void> {
  server.close(); // its own callback would wait for those who stay
  return new Promise((closed) => setImmediate(closed));
}
