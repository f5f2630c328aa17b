import { type ChildProcess, execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { Identity, inspectVat, Vat } from "handfast";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runProgram, start } from "../../support/program.ts";

vi.setConfig({ testTimeout: 60_000 }); // each test starts processes, and machines are busy

const MAIN = "src/examples/library/main.ts";

let folder: string;
let temporary: string;
let running: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "handfast main ")); // the blank is on purpose
  temporary = await mkdtemp(join(tmpdir(), "handfast-tmp-"));
  running = [];
});
afterEach(async () => {
  for (const child of running) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
  await rm(temporary, { recursive: true });
});

const library = (...args: string[]) =>
  runProgram(MAIN, args, { cwd: folder, env: { TMPDIR: temporary } });

/** What the program has made among the temporary files; tsx keeps its cache there too. */
async function leftBehind(): Promise<string[]> {
  return (await readdir(temporary)).filter((name) => name.startsWith("handfast-"));
}

/** `--serve` until it says that it is open. */
async function serve(...args: string[]) {
  const child = start(MAIN, ["--serve", ...args], { cwd: folder, env: { TMPDIR: temporary } });
  running.push(child);
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once("exit", () => reject(new Error(lines.join("\n"))));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      lines.push(line);
      if (line.startsWith("Ctrl-C")) resolve();
    });
  });
  const after = (start: string) => lines[lines.findIndex((line) => line.startsWith(start)) + 1]!;
  return {
    child,
    lines,
    address: after("The library is open").trim(),
    data: after("Its keys").trim(),
    command: after("To check").trim(),
  };
}

async function refused(code: string, ...args: string[]) {
  const { status, stdout, stderr } = await library(...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(new RegExp(`^error ${code}: .+\n`));
  expect(stderr).not.toMatch(/\n +at /);
  return stderr;
}

describe("npm start", () => {
  it("plays the whole story, with six processes, and leaves nothing behind", async () => {
    const { status, stdout, stderr } = await library();
    expect(stderr).toBe("");
    expect(status).toBe(0);
    for (const line of [
      /librarian {2}ed25519:\S{43}, process \d+/,
      /library {4}capnp:\/\/ed25519:\S+@127\.0\.0\.1:\d+\S*, process \d+/,
      /gives ed25519:\S{43} the root of a librarian/,
      /gives ed25519:\S{43} the root of a member/,
      /gives ed25519:\S{43} the root of a visitor/,
      /member {5}has "[^"]+" until \d{4}-\d\d-\d\d/,
      /visitor {4}cannot check out/,
      /librarian {2}cannot lend it twice: .*ON_LOAN/,
      /stranger {3}hears nothing but silence/,
      /3 round trips/,
      /1 round trip,/,
      /member {5}is called: "[^"]+" is back/,
      /stranger {3}is ed25519:\S{43} until \d{4}-\S+Z/,
      /authenticate\(card\)\.session\.whoami\(\): 1 round trip\n/,
      /\{"timestamp":"[^"]+","serverId":"ed25519:.*"method":"whoami".*"domain":"api-key".*\}\n/,
      /stranger {3}loses the call and the session: REVOKED, .*withdrawn/,
      /member {5}still has "[^"]+" until/,
      /All 12 steps happened\.\n$/,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(new Set(stdout.match(/process \d+/g)).size).toBe(5);
    expect(await leftBehind()).toEqual([]);
  });

  it("plays it with books of one's own", async () => {
    const isbns = { One: "9799000000004", Two: "9799000000011", Three: "9799000000028" };
    const books = Object.entries(isbns).map(([title, isbn]) => ({
      isbn,
      title,
      author: "Me",
      year: 2000,
    }));
    await writeFile(join(folder, "mine.json"), JSON.stringify({ books }));
    const { status, stdout } = await library("--catalog", "mine.json");
    expect({ status, stdout }).toMatchObject({ status: 0 });
    expect(stdout).toContain('member     has "One" until');
  });

  it("ends quietly when nobody reads on, and leaves nothing behind", async () => {
    const child = start(MAIN, [], { cwd: folder, env: { TMPDIR: temporary } });
    running.push(child);
    child.stdout!.once("data", () => child.stdout!.destroy()); // as `head -1` does
    let stderr = "";
    child.stderr!.on("data", (bytes) => (stderr += String(bytes)));
    expect(await once(child, "close")).toEqual([0, null]);
    expect(stderr).toBe("");
    expect(await leftBehind()).toEqual([]);
  });

  it("ends with status 1 when a step does not happen", async () => {
    const child = start(MAIN, [], { cwd: folder, env: { TMPDIR: temporary } });
    running.push(child);
    const lines = createInterface({ input: child.stdout! });
    lines.on("line", (line) => {
      const pid = /library {4}capnp:.* process (\d+)$/.exec(line)?.[1];
      if (pid !== undefined) process.kill(Number(pid), "SIGKILL"); // the one this story started
    });
    let stderr = "";
    child.stderr!.on("data", (bytes) => (stderr += String(bytes)));
    const [status] = (await once(child, "close")) as [number];
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error [A-Z_]+: .+\n$/);
    expect(await leftBehind()).toEqual([]);
  });

  it("says what it can do", async () => {
    const { status, stdout } = await library("--help");
    expect(status).toBe(0);
    const options = ["--serve", "--checkout", "--catalog", "--data", "--port"];
    for (const option of [...options, "--access-log", "--admin"]) {
      expect(stdout).toContain(option);
    }
  });

  it("refuses what makes no sense, with a hint", async () => {
    expect(await refused("USAGE", "--sevre")).toContain("hint: `npm start -- --help`");
    await refused("USAGE", "--serve", "--port", "x");
  });

  it("refuses a malformed catalogue, and says where the mistake is", async () => {
    const path = join(folder, "bad.json");
    await refused("FILE_MISSING", "--catalog", "bad.json");
    await writeFile(path, '{\n  "books": [,]\n}');
    expect(await refused("CATALOG_INVALID", "--catalog", "bad.json")).toContain(
      `${path}:2:13: expected a value or ]`,
    );
    await writeFile(path, '{ "books": [{ "isbn": "9780306406158" }] }');
    expect(await refused("CATALOG_INVALID", "--serve", "--catalog", path)).toContain(
      `${path}: books[0].isbn: "9780306406158" is no ISBN: its check digit should be 7`,
    );
    expect(await leftBehind()).toEqual([]);
  });
});

describe("npm start -- --serve", () => {
  it("prints a command that checks a book out, in any shell and folder", async () => {
    const { child, command } = await serve("--data", "it's kept here");
    const shell = promisify(execFile);
    const { stdout } = await shell("/bin/sh", ["-c", command], { cwd: tmpdir() });
    expect(stdout).toMatch(/\nYou have "[^"]+" until \d{4}-\d\d-\d\d\.\n$/);
    const again = shell("/bin/sh", ["-c", command]);
    await expect(again).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error ON_LOAN: "[^"]+" is on loan$/m) as string,
    });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("writes an access log, and says over a socket who holds what", async () => {
    const { child, address, lines } = await serve(
      ...["--data", "kept", "--access-log", "access.log", "--admin", "admin.sock"],
    );
    const key = join(folder, "kept", "member.key");
    await library("--checkout", "9799000000400", "--key", key, "--at", address);
    expect(lines.join("\n")).toMatch(/node '.+' inspect '.+admin\.sock'/);
    const operator = await Vat.open({ identity: await Identity.generate(), network: "operator" });
    const snapshot = await inspectVat(operator, join(folder, "admin.sock"));
    expect(address).toContain(snapshot.vat);
    await operator.close();
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    const log = await readFile(join(folder, "access.log"), "utf8");
    const methods = log
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { method: string }).method);
    expect(methods.slice(0, 2)).toEqual(["checkoutBook", "about"]);
    expect((await stat(join(folder, "access.log"))).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).includes("admin.sock")).toBe(false);
  });

  it("does not open when its access log cannot be written", async () => {
    await refused("FILE_UNWRITABLE", "--serve", "--access-log", "/nowhere/access.log");
    expect(await leftBehind()).toEqual([]);
  });

  it("keeps keys and loans in its folder, through kill -9", async () => {
    const first = await serve("--data", "kept");
    const key = join(folder, "kept", "member.key");
    const checkout = (address: string, isbn = "9799000000400") =>
      library("--checkout", isbn, "--key", key, "--at", address);
    expect((await checkout(first.address)).status).toBe(0);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const second = await serve("--data", "kept");
    expect(second.address.split("@")[0]).toBe(first.address.split("@")[0]);
    const again = await checkout(second.address);
    expect({ status: again.status, stderr: again.stderr }).toEqual({
      status: 1,
      stderr: 'error ON_LOAN: "Emma" is on loan\n',
    });
    const unknown = await checkout(second.address, "9780306406157");
    expect(unknown.stderr).toBe("error UNKNOWN_ISBN: there is no book 9780306406157 here\n");
  });

  it("says that a port is in use, and leaves nothing behind", async () => {
    const { address, data } = await serve();
    expect(data.startsWith(temporary)).toBe(true);
    const port = /:(\d+)(\?|$)/.exec(address)![1]!;
    await refused("PORT_IN_USE", "--serve", "--port", port);
    expect(await leftBehind()).toHaveLength(1); // of the one that is open
  });

  it("removes the folder that it made, with its keys, on a clean end", async () => {
    const { child } = await serve();
    expect(await leftBehind()).toHaveLength(1);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await leftBehind()).toEqual([]);
  });

  it("ends quietly when nobody reads, and leaves nothing behind", async () => {
    const child = start(MAIN, ["--serve"], { cwd: folder, env: { TMPDIR: temporary } });
    running.push(child);
    child.stdout!.destroy(); // before there is anything to read
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await leftBehind()).toEqual([]);
  });

  it("refuses at once what is no file, or no place for a folder", async () => {
    const fifo = join(folder, "fifo");
    await promisify(execFile)("mkfifo", [fifo]);
    await refused("FILE_UNREADABLE", "--serve", "--catalog", fifo);
    await refused("FILE_UNREADABLE", "--serve", "--catalog", "/dev/zero");
    await refused("FOLDER_UNUSABLE", "--serve", "--data", "/proc/nope/deeper");
    await writeFile(join(folder, "file"), "");
    await refused("FOLDER_UNUSABLE", "--serve", "--data", "file");
    expect(await leftBehind()).toEqual([]);
  });

  it("refuses corrupt loans and leaves them as they are", async () => {
    const { child } = await serve("--data", "kept");
    child.kill("SIGTERM");
    await once(child, "exit");
    const path = join(folder, "kept", "loans.json");
    await writeFile(path, '{"format":');
    expect(await refused("LOANS_CORRUPT", "--serve", "--data", "kept")).toContain(`${path}:1:11`);
    expect(await readFile(path, "utf8")).toBe('{"format":');
  });

  it("refuses a key that others may read", async () => {
    const { child } = await serve("--data", "kept");
    child.kill("SIGTERM");
    await once(child, "exit");
    const path = join(folder, "kept", "library.key");
    const text = await readFile(path);
    await rm(path);
    await writeFile(path, text, { mode: 0o644 });
    await refused("KEY_FILE_MODE", "--serve", "--data", "kept");
  });
});

describe("npm start -- --checkout", () => {
  it("says what is wrong with a key or an address", async () => {
    const at = "capnp://ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA@127.0.0.1:1";
    await refused("KEY_FILE_MISSING", "--checkout", "1", "--key", "none", "--at", at);
  });

  it("turns a stranger's key away", async () => {
    const { address } = await serve();
    const other = await serve("--data", "other");
    const key = join(other.data, "member.key");
    await refused("NOT_ADMITTED", "--checkout", "9799000000400", "--key", key, "--at", address);
  });
});
