import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepareFolder } from "../../../src/examples/library/data-folder.ts";
import { Roster } from "../../../src/examples/library/roster.ts";
import { serve } from "../../../src/examples/library/serve.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "handfast-serve-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("a library that is interrupted while it starts does not open", async () => {
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  const signal = AbortSignal.abort();
  const served = serve({
    catalog: undefined,
    data: join(folder, "new"),
    port: 0,
    accessLog: undefined,
    adminSocket: undefined,
    print,
    signal,
  });
  await expect(served).rejects.toMatchObject({ code: "INTERRUPTED" });
  expect(printed).toEqual([]);
});

describe("a new folder", () => {
  it("is made with those above it, for the owner alone, with keys and a whole roster", async () => {
    const path = join(folder, "a", "b");
    await prepareFolder(path);
    expect((await readdir(path)).sort()).toEqual([
      "librarian.key",
      "member.key",
      "roster.json",
      "visitor.key",
    ]);
    for (const made of [join(folder, "a"), path]) {
      expect((await stat(made)).mode & 0o777).toBe(0o700);
    }
    expect((await stat(join(path, "roster.json"))).mode & 0o777).toBe(0o600);
    await Roster.read(join(path, "roster.json"));
  });

  it("is prepared once: what is there stays", async () => {
    await prepareFolder(folder);
    const { ino } = await stat(join(folder, "roster.json"));
    await prepareFolder(folder);
    expect((await stat(join(folder, "roster.json"))).ino).toBe(ino);
  });
});
