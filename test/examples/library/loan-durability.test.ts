import type * as FileSystem from "node:fs/promises";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LoanStore } from "../../../src/examples/library/loan-store.ts";

/** What was asked of the file system, in order: a power cut cannot be staged, its order can. */
let asked: string[] = [];
/** Whether a folder can be synced: some network file systems refuse. */
let foldersSync = true;

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
      handle.sync = async () => {
        asked.push(`sync ${basename(path)}`);
        if (!foldersSync && (await handle.stat()).isDirectory()) throw new Error("no sync");
        await sync();
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
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "handfast-loans-"));
  asked = [];
  foldersSync = true;
});
afterEach(() => rm(folder, { recursive: true }));

const next = (store: LoanStore) =>
  store.change(({ nextNumber, loans }) => ({
    ledger: { nextNumber: nextNumber + 1, loans },
    result: undefined,
  }));

it("a change is on the disk itself before it counts: the text, the name, then the folder", async () => {
  await next(await LoanStore.open(join(folder, "loans.json")));
  expect(asked).toEqual([
    "sync loans.json.new",
    "rename loans.json.new to loans.json",
    `sync ${basename(folder)}`,
  ]);
});

it("a change that may not survive a power cut is reported, and does not lock the store out", async () => {
  const path = join(folder, "loans.json");
  const store = await LoanStore.open(path);
  foldersSync = false;
  await expect(next(store)).rejects.toMatchObject({ code: "LOANS_NOT_SAVED" });
  expect(store.ledger).toEqual((await LoanStore.open(path)).ledger);
  expect(store.ledger.nextNumber).toBe(2);
  foldersSync = true;
  await next(store);
  expect((await LoanStore.open(path)).ledger.nextNumber).toBe(3);
});
