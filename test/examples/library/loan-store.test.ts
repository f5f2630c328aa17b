import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePeerId } from "handfast";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseIsbn } from "../../../src/examples/library/isbn.ts";
import { type Ledger, type Loan } from "../../../src/examples/library/ledger.ts";
import { LoanStore } from "../../../src/examples/library/loan-store.ts";

const LOAN: Loan = {
  number: 1,
  isbn: parseIsbn("9799000000400"),
  borrower: parsePeerId(`ed25519:${"a".repeat(42)}A`)!,
  lentOn: "2026-11-21",
  dueDate: "2026-12-19",
  renewals: 0,
};
const ONE: Ledger = { nextNumber: 2, loans: [LOAN] };

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "handfast-loans-"));
  path = join(folder, "loans.json");
});
afterEach(() => rm(folder, { recursive: true }));

const put = (store: LoanStore, ledger: Ledger) => store.change(() => ({ ledger, result: ledger }));

describe("the loans on disk", () => {
  it("begin empty, and write nothing before there is something to write", async () => {
    expect((await LoanStore.open(path)).ledger).toEqual({ nextNumber: 1, loans: [] });
    expect(await readdir(folder)).toEqual([]);
  });

  it("are there again after a restart", async () => {
    await put(await LoanStore.open(path), ONE);
    expect((await LoanStore.open(path)).ledger).toEqual(ONE);
  });

  it("are for the owner's eyes, and leave no other file", async () => {
    await put(await LoanStore.open(path), ONE);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["loans.json"]);
  });

  it("change one change at a time, in the order asked for", async () => {
    const store = await LoanStore.open(path);
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        store.change(({ nextNumber, loans }) => ({
          ledger: { nextNumber: nextNumber + 1, loans },
          result: nextNumber,
        })),
      ),
    );
    expect(results).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect((await LoanStore.open(path)).ledger.nextNumber).toBe(21);
  });

  it("do not change when a change throws, and the next change goes on", async () => {
    const store = await LoanStore.open(path);
    const refused = store.change(() => {
      throw new Error("no");
    });
    const made = put(store, ONE);
    await expect(refused).rejects.toThrow("no");
    expect(await made).toEqual(ONE);
  });

  it("do not change in memory when they could not be written", async () => {
    const store = await LoanStore.open(path);
    await put(store, ONE);
    await mkdir(`${path}.new`); // where the new file would be written
    await expect(put(store, { nextNumber: 3, loans: [] })).rejects.toMatchObject({
      code: "LOANS_NOT_SAVED",
    });
    expect(store.ledger).toEqual(ONE);
    expect((await LoanStore.open(path)).ledger).toEqual(ONE);
  });

  it("survive a crash that left half a new file behind", async () => {
    await put(await LoanStore.open(path), ONE);
    await writeFile(`${path}.new`, '{"format":');
    const store = await LoanStore.open(path);
    expect(store.ledger).toEqual(ONE);
    await put(store, { nextNumber: 3, loans: [] });
    expect((await LoanStore.open(path)).ledger.nextNumber).toBe(3);
  });

  it("are not written over when another program has changed them", async () => {
    const store = await LoanStore.open(path);
    const other = await LoanStore.open(path);
    await put(other, ONE);
    await expect(put(store, { nextNumber: 9, loans: [] })).rejects.toMatchObject({
      code: "LOANS_CHANGED",
    });
    expect((await LoanStore.open(path)).ledger).toEqual(ONE);
  });

  const text = (ledger: object) =>
    JSON.stringify({ format: "handfast-library-loans/1", nextNumber: 2, loans: [], ...ledger });

  it.each([
    ["", ":1:1: expected a value"],
    ["{}", ": format: is missing"],
    [text({ format: "other/1" }), ': format: expected "handfast-library-loans/1"'],
    [text({ nextNumber: 0 }), ": nextNumber: expected a whole number from 1"],
    [text({ loans: [{ ...LOAN, number: 2 }] }), ": loans[0].number: expected a whole number"],
    [text({ loans: [{ ...LOAN, isbn: "1" }] }), ": loans[0].isbn: "],
    [text({ loans: [{ ...LOAN, borrower: "me" }] }), ": loans[0].borrower: expected a key"],
    [text({ loans: [{ ...LOAN, dueDate: "2026-13-01" }] }), ": loans[0].dueDate: expected a day"],
    [text({ loans: [{ ...LOAN, renewals: 4 }] }), ": loans[0].renewals: "],
    [text({ loans: [LOAN, LOAN] }), ": loans[1]: there are two loans number 1"],
    [
      text({ nextNumber: 3, loans: [LOAN, { ...LOAN, number: 2 }] }),
      ": loans[1]: 9799000000400 is lent twice",
    ],
  ])("are refused as corrupt when they read %j, and left as they are", async (bytes, message) => {
    await writeFile(path, bytes);
    await expect(LoanStore.open(path)).rejects.toMatchObject({
      code: "LOANS_CORRUPT",
      message: expect.stringContaining(`${path}${message}`) as string,
    });
    expect(await readFile(path, "utf8")).toBe(bytes);
  });

  it("say so when they cannot be read", async () => {
    await mkdir(path);
    await expect(LoanStore.open(path)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });
});
