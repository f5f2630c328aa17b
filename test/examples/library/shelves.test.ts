import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Identity, parsePeerId } from "handfast";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Book,
  type Catalog,
  readCatalog,
  SAMPLE_CATALOG,
} from "../../../src/examples/library/catalog.ts";
import { LoanStore } from "../../../src/examples/library/loan-store.ts";
import { Shelves } from "../../../src/examples/library/shelves.ts";
import { thrownBy } from "../../support/thrown.ts";

const ANN = parsePeerId(`ed25519:${"a".repeat(42)}A`)!;
const BEN = parsePeerId(`ed25519:${"b".repeat(42)}A`)!;
const CAT = parsePeerId(`ed25519:${"c".repeat(42)}A`)!;

let folder: string;
let catalog: Catalog;
let today: Date;
let shelves: Shelves;
let emma: Book;

const openShelves = async () =>
  new Shelves({
    catalog,
    loans: await LoanStore.open(join(folder, "loans.json")),
    now: () => today,
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "handfast-shelves-"));
  catalog = await readCatalog(SAMPLE_CATALOG);
  today = new Date("2026-11-21T23:59:00Z");
  shelves = await openShelves();
  emma = shelves.search("emma")[0]!;
});
afterEach(() => rm(folder, { recursive: true }));

const code = (name: string) => ({ code: name });

describe("searching", () => {
  it("wants every word, in any order, whatever the case and accents", () => {
    expect(shelves.search("BRONTE jane").map(({ title }) => title)).toEqual(["Jane Eyre"]);
    expect(shelves.search("jane bronte moby")).toEqual([]);
  });

  it("finds by ISBN and by year", () => {
    expect(shelves.search(emma.isbn)).toEqual([emma]);
    expect(shelves.search("1815")).toEqual([emma]);
  });

  it("answers with no more than 50 books", () => {
    expect(shelves.search("")).toHaveLength(50);
  });
});

describe("lending", () => {
  it("lends a book once, for 28 days", async () => {
    expect(await shelves.lend(emma, ANN)).toMatchObject({
      number: 1,
      borrower: ANN,
      lentOn: "2026-11-21",
      dueDate: "2026-12-19",
    });
    await expect(shelves.lend(emma, BEN)).rejects.toMatchObject(code("ON_LOAN"));
    expect(shelves.isOnLoan(emma)).toBe(true);
  });

  it("lends to one of two who ask at the same time", async () => {
    const both = await Promise.allSettled([shelves.lend(emma, ANN), shelves.lend(emma, BEN)]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(shelves.allLoans()).toHaveLength(1);
  });

  it("lends nothing to somebody who has stopped waiting", async () => {
    const gone = new AbortController();
    const first = shelves.lend(shelves.search("dracula")[0]!, ANN);
    const second = shelves.lend(emma, ANN, gone.signal);
    gone.abort();
    await first;
    await expect(second).rejects.toMatchObject(code("CANCELED"));
    expect(shelves.isOnLoan(emma)).toBe(false);
  });

  it("lends no more than 20 books to one member", async () => {
    const books = shelves.search("").slice(0, 21);
    for (const book of books.slice(0, 20)) await shelves.lend(book, ANN);
    await expect(shelves.lend(books[20]!, ANN)).rejects.toMatchObject(code("TOO_MANY_LOANS"));
    await shelves.lend(books[20]!, BEN);
  });

  it("says what is wrong with an ISBN", () => {
    expect(thrownBy(() => shelves.find("12"))).toMatchObject(code("ISBN_INVALID"));
    expect(thrownBy(() => shelves.find("9780306406157"))).toMatchObject(code("UNKNOWN_ISBN"));
    expect(shelves.find("979-9-000000-40-0")).toBe(emma);
  });

  it("forgets no loan in a restart", async () => {
    await shelves.lend(emma, ANN);
    const again = await openShelves();
    expect(again.loansOf(ANN)).toEqual(shelves.loansOf(ANN));
    expect(again.loansOf(BEN)).toEqual([]);
    await expect(again.lend(emma, BEN)).rejects.toMatchObject(code("ON_LOAN"));
  });

  it("does not open with a catalogue that lacks a book on loan", async () => {
    await shelves.lend(emma, ANN);
    catalog = new Map([...catalog].filter(([isbn]) => isbn !== emma.isbn));
    await expect(openShelves()).rejects.toMatchObject(code("CATALOG_INVALID"));
  });
});

describe("a loan", () => {
  it("starts again when renewed, three times", async () => {
    const { number } = await shelves.lend(emma, ANN);
    today = new Date("2026-12-01T00:00:00Z");
    expect(await shelves.renew(number)).toMatchObject({ dueDate: "2026-12-29", renewals: 1 });
    await shelves.renew(number);
    await shelves.renew(number);
    await expect(shelves.renew(number)).rejects.toMatchObject(code("TOO_MANY_RENEWALS"));
  });

  it("is ended by giving the book back, for good", async () => {
    const first = await shelves.lend(emma, ANN);
    await shelves.takeBack(first.number);
    const second = await shelves.lend(emma, ANN);
    expect(second.number).not.toBe(first.number);
    await expect(shelves.takeBack(first.number)).rejects.toMatchObject(code("LOAN_ENDED"));
    await expect(shelves.renew(first.number)).rejects.toMatchObject(code("LOAN_ENDED"));
    expect(thrownBy(() => shelves.loan(first.number))).toMatchObject(code("LOAN_ENDED"));
    expect(shelves.loan(second.number)).toEqual(second);
  });
});

describe("waiting for a book", () => {
  it("ends when the book is back, once", async () => {
    const told: string[] = [];
    const first = await shelves.lend(emma, ANN);
    shelves.whenBack(emma, BEN, ({ title }) => told.push(`ben: ${title}`));
    shelves.whenBack(emma, CAT, ({ title }) => told.push(`cat: ${title}`));
    expect(told).toEqual([]);
    await shelves.takeBack(first.number);
    const second = await shelves.lend(emma, ANN);
    await shelves.takeBack(second.number);
    expect(told).toEqual(["ben: Emma", "cat: Emma"]);
  });

  it("is short for a book on the shelf", () => {
    const told: string[] = [];
    shelves.whenBack(emma, BEN, ({ title }) => told.push(title));
    expect(told).toEqual(["Emma"]);
  });

  it("can be given up, by that reader alone", async () => {
    const told: string[] = [];
    const tell = ({ title }: Book) => told.push(title);
    const { number } = await shelves.lend(emma, ANN);
    const giveUp = shelves.whenBack(emma, BEN, tell);
    shelves.whenBack(emma, CAT, tell);
    giveUp();
    giveUp();
    await shelves.takeBack(number);
    expect(told).toEqual(["Emma"]);
  });

  it("that was given up in the past does not touch those who wait now", async () => {
    const told: string[] = [];
    const first = await shelves.lend(emma, ANN);
    const giveUp = shelves.whenBack(emma, BEN, () => {});
    await shelves.takeBack(first.number);
    const second = await shelves.lend(emma, ANN);
    shelves.whenBack(emma, BEN, ({ title }) => told.push(title));
    giveUp();
    await shelves.takeBack(second.number);
    expect(told).toEqual(["Emma"]);
  });

  it("is not for more than 100", async () => {
    await shelves.lend(emma, ANN);
    for (let n = 0; n < 100; n++) shelves.whenBack(emma, (await Identity.generate()).id, () => {});
    expect(thrownBy(() => shelves.whenBack(emma, BEN, () => {}))).toMatchObject(
      code("TOO_MANY_WAITING"),
    );
  });

  it("is for each member once at a time", async () => {
    await shelves.lend(emma, ANN);
    const giveUp = shelves.whenBack(emma, BEN, () => {});
    expect(thrownBy(() => shelves.whenBack(emma, BEN, () => {}))).toMatchObject(
      code("TOO_MANY_WAITING"),
    );
    shelves.whenBack(emma, CAT, () => {});
    giveUp();
    shelves.whenBack(emma, BEN, () => {});
  });
});

describe("the reading room", () => {
  it("has a copy of some books", () => {
    expect(shelves.openingOf(emma)).toMatch(/^Emma Woodhouse/);
    expect(thrownBy(() => shelves.openingOf(shelves.search("dracula")[0]!))).toMatchObject(
      code("NO_READING_COPY"),
    );
  });
});
