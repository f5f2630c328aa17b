import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runProgram } from "../support/program.ts";

vi.setConfig({ testTimeout: 60_000 }); // each test starts processes, and machines are busy

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "handfast-cli-"));
  file = join(folder, "me.key");
});
afterEach(() => rm(folder, { recursive: true }));

const handfast = (...args: string[]) =>
  runProgram("src/cli/main.ts", args, { env: { XDG_CONFIG_HOME: folder } });

describe("keygen and id", () => {
  it("make a key for its owner alone, and tell its id", async () => {
    const made = await handfast("keygen", file);
    expect(made.status).toBe(0);
    expect(made.stdout).toMatch(/^ed25519:[\w-]{43}\n$/);
    expect(made.stderr).toContain(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await handfast("id", file)).toEqual({ status: 0, stdout: made.stdout, stderr: "" });
  });

  it("use one place when told no file", async () => {
    const made = await handfast("keygen");
    expect(made.status).toBe(0);
    expect((await stat(join(folder, "handfast"))).mode & 0o777).toBe(0o700);
    expect((await handfast("id")).stdout).toBe(made.stdout);
  });

  it("speak JSON when told to", async () => {
    const made = await handfast("keygen", file, "--json");
    expect(made.stderr).toBe("");
    const { id } = JSON.parse(made.stdout) as { id: string };
    const shown = await handfast("id", "--json", file);
    expect(JSON.parse(shown.stdout)).toEqual({ id, file });
  });

  it("never show the seed", async () => {
    const made = await handfast("keygen", file);
    const seed = /^seed (\S+)$/m.exec(await readFile(file, "utf8"))?.[1];
    expect(seed).toHaveLength(43);
    const shown = await handfast("id", file);
    for (const text of [made.stdout, made.stderr, shown.stdout]) expect(text).not.toContain(seed);
  });

  it("never write over a key", async () => {
    await handfast("keygen", file);
    const before = await readFile(file);
    const { status, stdout, stderr } = await handfast("keygen", file);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^error KEY_FILE_EXISTS: .*\nhint: .*\n$/);
    expect(await readFile(file)).toEqual(before);
  });

  it("refuse to write where there is no folder", async () => {
    const { status, stderr } = await handfast("keygen", join(folder, "none", "me.key"));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error KEY_FILE_UNWRITABLE: there is no folder .*none/);
    expect(stderr).not.toMatch(/\n +at /);
  });

  const refused: [string, string, () => Promise<unknown>][] = [
    ["that is missing", "KEY_FILE_MISSING", () => Promise.resolve()],
    ["that others may read", "KEY_FILE_MODE", () => chmod(file, 0o644)],
    ["that the group may write", "KEY_FILE_MODE", () => chmod(file, 0o620)],
    [
      "behind a symbolic link",
      "KEY_FILE_SYMLINK",
      async () => {
        await rm(file);
        await handfast("keygen", `${file}.real`);
        await symlink(`${file}.real`, file);
      },
    ],
    ["full of other things", "KEY_FILE_MALFORMED", () => writeFile(file, "\u001b[31mhello")],
    [
      "whose halves do not belong together",
      "KEY_FILE_MISMATCH",
      async () => {
        const text = await readFile(file, "utf8");
        await writeFile(file, text.replace(/^seed .*$/m, `seed ${"A".repeat(43)}`));
      },
    ],
  ];

  it.each(refused)("refuse a key file %s with %s", async (_, code, spoil) => {
    if (code !== "KEY_FILE_MISSING") await handfast("keygen", file);
    await spoil();
    const { status, stdout, stderr } = await handfast("id", file);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^error ${code}: .*\\nhint: .*\\n$`));
  });
});
