import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, expect, it, vi } from "vitest";
import { runProgram, start } from "../support/program.ts";

vi.setConfig({ testTimeout: 60_000 }); // each test starts processes, and machines are busy

const FULL = "/dev/full";

const handfast = (...args: string[]) => runProgram("src/cli/main.ts", args);

describe("the command line", () => {
  it("says what it can do, on stdout", async () => {
    const { status, stdout, stderr } = await handfast("--help");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: handfast/);
    for (const command of ["keygen", "id", "ping", "tunnel"])
      expect(stdout).toContain(`  ${command} `);
  });

  it("says what a command takes", async () => {
    const { status, stdout } = await handfast("id", "--help");
    expect(status).toBe(0);
    expect(stdout).toContain("Usage: handfast id");
  });

  it("tells its version", async () => {
    const path = new URL("../../package.json", import.meta.url);
    const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
    expect(await handfast("--version")).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it.each([
    [[], "no command was given"],
    [["frobnicate"], "unknown command 'frobnicate'"],
    [["keyen"], "unknown command 'keyen' (Did you mean keygen?)"],
    [["id", "a", "b"], "too many arguments for 'id'"],
    [["id", "--wat"], "unknown option '--wat'"],
  ])("answers %j with one line that says what is wrong, and a hint", async (args, message) => {
    const { status, stdout, stderr } = await handfast(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(`error USAGE: ${message}`);
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^error USAGE: /),
      expect.stringMatching(/^hint: .*--help/),
    ]);
  });

  it("does not mind a reader who has seen enough", async () => {
    const child = start("src/cli/main.ts", ["--help"]);
    let stderr = "";
    child.stderr?.on("data", (bytes) => (stderr += String(bytes)));
    child.stdout?.destroy();
    expect(await once(child, "close")).toEqual([0, null]);
    expect(stderr).toBe("");
  });

  it("says so when its results are lost, without a stack", async () => {
    if (!existsSync(FULL)) return; // Linux has one
    const full = openSync(FULL, "w");
    const child = start("src/cli/main.ts", ["--version"], { stdout: full });
    closeSync(full);
    const stderr = text(child.stderr!);
    expect(await once(child, "close")).toEqual([1, null]);
    expect(await stderr).toMatch(/^error OUTPUT_LOST: results cannot be written: ENOSPC.*\n$/);
  });

  it("goes on when nobody reads its warnings and errors", async () => {
    const child = start("src/cli/main.ts", ["id", "/nowhere/me.key"]);
    child.stderr!.destroy();
    expect(await once(child, "close")).toEqual([1, null]);
  });

  it("speaks JSON about errors too, wherever --json stands", async () => {
    for (const args of [
      ["--json", "id", "/nowhere/me.key"],
      ["id", "--json", "/nowhere/me.key"],
      ["id", "/nowhere/me.key", "--json"],
    ]) {
      const { status, stdout, stderr } = await handfast(...args);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: "KEY_FILE_MISSING" } });
    }
  });
});
