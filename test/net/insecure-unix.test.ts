import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  dialInsecureUnix,
  listenInsecureUnix,
  parseInsecureUnixAddress,
} from "../../src/net/index.ts";
import { thrownBy } from "../support/thrown.ts";
import { leaveDeadSocket } from "./support/dead-socket.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "handfast-unix-"));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

async function listening(path: string): Promise<{ readonly accepted: string[] }> {
  const accepted: string[] = [];
  const listener = await listenInsecureUnix(path, {}, (road) => {
    accepted.push(`${road.peer.transport} ${road.peer.address}`);
    road.destroy();
  });
  onTestFinished(() => listener.close());
  return { accepted };
}

/** What becomes of listening there in a worker thread, which may not set the umask. */
function listeningInWorker(path: string): Promise<unknown> {
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    const tell = (outcome) => parentPort.postMessage(outcome);
    import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))})
      .then(({ register }) => register())
      .then(() => import(${JSON.stringify(new URL("../../src/net/index.ts", import.meta.url))}))
      .then((net) => net.listenInsecureUnix(workerData, {}, () => {}))
      .then(() => tell("listens"), (error) => tell(error.code));`;
  const worker = new Worker(code, { eval: true, workerData: path });
  onTestFinished(async () => {
    await worker.terminate();
  });
  return new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
}

const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

describe("a Unix socket", () => {
  it("is for this user alone, and takes connections", async () => {
    const path = join(folder(), "admin.sock");
    const { accepted } = await listening(path);
    expect(modeOf(path)).toBe("600");
    const road = await dialInsecureUnix(path, {});
    road.destroy();
    expect(road.peer).toMatchObject({ transport: "unix", id: undefined });
    while (accepted.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(accepted).toEqual([`unix ${path}`]);
  });

  it("leaves the process's umask as it was", async () => {
    const before = process.umask(0o027);
    await listening(join(folder(), "s"));
    expect(process.umask(before)).toBe(0o027);
  });

  it("needs a folder of this user alone in a worker thread", async () => {
    const path = join(folder(), "s");
    expect(await listeningInWorker(path)).toBe("listens");
    expect(modeOf(path)).toBe("600");
    const other = join(folder(), "s");
    chmodSync(join(other, ".."), 0o755);
    expect(await listeningInWorker(other)).toBe("SOCKET_UNSAFE");
  });

  it("goes with its listener, and what a dead process left makes way", async () => {
    const path = join(folder(), "s");
    const first = await listenInsecureUnix(path, {}, () => {});
    await first.close();
    expect(thrownBy(() => lstatSync(path))).toMatchObject({ code: "ENOENT" });
    await leaveDeadSocket(path);
    expect(lstatSync(path).isSocket()).toBe(true);
    expect(await listening(path)).toEqual({ accepted: [] });
  });

  it("is not taken from somebody who listens on it", async () => {
    const path = join(folder(), "s");
    await listening(path);
    await expect(listenInsecureUnix(path, {}, () => {})).rejects.toMatchObject({
      code: "PORT_IN_USE",
    });
    expect(lstatSync(path).isSocket()).toBe(true);
  });

  it.each<[string, (path: string) => void]>([
    ["a symbolic link is there", (path) => symlinkSync("/nowhere", path)],
    ["a file is there", (path) => writeFileSync(path, "precious")],
    ["a folder is there", (path) => mkdirSync(path)],
    ["others may write in the folder", (path) => chmodSync(join(path, ".."), 0o777)],
  ])("is refused where %s", async (_, prepare) => {
    const path = join(folder(), "s");
    prepare(path);
    await expect(listenInsecureUnix(path, {}, () => {})).rejects.toMatchObject({
      code: "SOCKET_UNSAFE",
    });
  });

  it("is refused where others may move one of the folders that it is in, link or not", async () => {
    const [open, safe] = [folder(), folder()];
    const nested = join(open, "mine", "own");
    mkdirSync(nested, { recursive: true, mode: 0o700 });
    symlinkSync(open, join(safe, "link"));
    const paths = [join(nested, "s"), join(safe, "link", "mine", "own", "t")];
    for (const mode of [0o770, 0o707]) {
      chmodSync(open, mode);
      for (const path of paths) {
        await expect(listenInsecureUnix(path, {}, () => {})).rejects.toMatchObject({
          code: "SOCKET_UNSAFE",
          message: `others may write in ${open}: chmod go-w it, or take another`,
        });
      }
    }
    chmodSync(open, 0o1777); // as /tmp is
    for (const path of paths) expect(await listening(path)).toEqual({ accepted: [] });
  });

  it("is refused where others may move a link that only another link leads through", async () => {
    const [open, safe] = [folder(), folder()];
    mkdirSync(join(safe, "own"), { mode: 0o700 });
    symlinkSync(safe, join(open, "second"));
    symlinkSync(`../../${open}/second/own/..`, join(safe, "first"));
    const path = join(safe, "first", "own", "s");
    chmodSync(open, 0o777);
    await expect(listenInsecureUnix(path, {}, () => {})).rejects.toMatchObject({
      code: "SOCKET_UNSAFE",
      message: `others may write in ${open}: chmod go-w it, or take another`,
    });
    chmodSync(open, 0o755);
    expect(await listening(path)).toEqual({ accepted: [] });
    symlinkSync("round", join(safe, "round"));
    await expect(
      listenInsecureUnix(join(safe, "round", "own", "s"), {}, () => {}),
    ).rejects.toMatchObject({ code: "SOCKET_UNSAFE" });
  });

  it("is not dialled where others could have put another in its place", async () => {
    const open = folder();
    const path = join(open, "s");
    const { accepted } = await listening(path);
    chmodSync(open, 0o777);
    await expect(dialInsecureUnix(path, {})).rejects.toMatchObject({ code: "SOCKET_UNSAFE" });
    expect(accepted).toEqual([]);
  });

  it("is refused where a folder that it is in, or a link on the way, is somebody else's", async () => {
    if (process.getuid?.() !== 0) return; // only root can give one away
    const theirs = folder();
    const nested = join(theirs, "mine");
    mkdirSync(nested, { mode: 0o700 });
    chownSync(theirs, 12_345, 12_345);
    const link = join(folder(), "link");
    symlinkSync(folder(), link);
    mkdirSync(join(link, "mine"));
    lchownSync(link, 12_345, 12_345);
    for (const path of [join(nested, "s"), join(link, "mine", "s")]) {
      await expect(listenInsecureUnix(path, {}, () => {})).rejects.toMatchObject({
        code: "SOCKET_UNSAFE",
      });
    }
  });

  it("may be in a folder by a link of ours, and is refused where there is no folder", async () => {
    const real = folder();
    const link = join(folder(), "link");
    symlinkSync(real, link);
    expect(await listening(join(link, "s"))).toEqual({ accepted: [] });
    expect(modeOf(join(real, "s"))).toBe("600");
    writeFileSync(join(real, "file"), "");
    for (const nowhere of ["none", "file"]) {
      const refused = listenInsecureUnix(join(real, nowhere, "s"), {}, () => {});
      await expect(refused).rejects.toMatchObject({ code: "ADDRESS_UNAVAILABLE" });
    }
  });

  it("of somebody else is neither dialled nor removed", async () => {
    if (process.getuid?.() === 0) {
      const path = join(folder(), "s");
      await listening(path);
      chownSync(path, 12_345, 12_345);
      await expect(dialInsecureUnix(path, {})).rejects.toMatchObject({ code: "SOCKET_UNSAFE" });
      await expect(listenInsecureUnix(path, {}, () => {})).rejects.toMatchObject({
        code: "SOCKET_UNSAFE",
      });
    }
  });

  it("is not dialled where there is none, or something else, or nobody", async () => {
    const path = join(folder(), "s");
    await expect(dialInsecureUnix(path, {})).rejects.toMatchObject({ code: "CONNECTION_REFUSED" });
    writeFileSync(path, "");
    for (const [other, what] of [
      [path, "a file"],
      [join(path, ".."), "a folder"],
    ] as const) {
      await expect(dialInsecureUnix(other, {})).rejects.toMatchObject({
        code: "CONNECTION_REFUSED",
        message: `${other} is ${what}, not a socket`,
      });
    }
    const aborted = AbortSignal.abort();
    const other = join(folder(), "t");
    await listening(other);
    const dialled = dialInsecureUnix(other, { signal: aborted });
    await expect(dialled).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("has an absolute path that the system can hold", () => {
    expect(parseInsecureUnixAddress("insecure+unix:/run/a.sock")).toBe("/run/a.sock");
    expect(parseInsecureUnixAddress("tcp://127.0.0.1:1")).toBeUndefined();
    for (const bad of [
      "insecure+unix:",
      "insecure+unix:here",
      "insecure+unix:/a\0b",
      `insecure+unix:/${"x".repeat(120)}`,
    ]) {
      expect(thrownBy(() => parseInsecureUnixAddress(bad))).toMatchObject({
        code: "ADDRESS_INVALID",
      });
    }
  });
});
