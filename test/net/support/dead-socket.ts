import { once } from "node:events";
import { linkSync, renameSync } from "node:fs";
import { createServer } from "node:net";

/** Leaves a Unix socket at a path as a process does that dies: a file, and nobody behind it. */
export async function leaveDeadSocket(path: string): Promise<void> {
  const server = createServer();
  await once(server.listen(path), "listening");
  linkSync(path, `${path}.kept`);
  await once(server.close(), "close"); // removes the file
  renameSync(`${path}.kept`, path);
}
