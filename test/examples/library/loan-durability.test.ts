import type * as FileSystem from "node:fs/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { LoanStore } from "../../../src/examples/library/loan-store.ts";

/** What was asked of the file system, in order: a power cut cannot be staged, its order can. */
const asked: string[] = [];

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof FileSystem>();
  return {
    ...real,
    async open(
      path: string,
      ...rest: [flags?: string, mode?: number]
    ): Promise<FileSystem.FileHandle> {
      const handle = await real.open(path, ...rest);
      const sync = handle.sync.bind(handle);
      handle.sync = () => {
        asked.push(`sync ${basename(path)}`);
        return sync();
      };
      return handle;
    },
    async rename(from: string, to: string): Promise<void> {
      asked.push(`rename ${basename(from)} to ${basename(to)}`);
      await real.rename(from, to);
    },
  };
});

let folder: string;
afterEach(() => rm(folder, { recursive: true }));

it("a change is on the disk itself before it counts: the text, the name, then the folder", async () => {
  folder = await mkdtemp(join(tmpdir(), "handfast-loans-"));
  const store = await LoanStore.open(join(folder, "loans.json"));
  await store.change(({ loans }) => ({ ledger: { nextNumber: 2, loans }, result: undefined }));
  expect(asked).toEqual([
    "sync loans.json.new",
    "rename loans.json.new to loans.json",
    `sync ${basename(folder)}`,
  ]);
});
