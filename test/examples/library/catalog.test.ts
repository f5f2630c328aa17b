import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { catalogOf, readCatalog, SAMPLE_CATALOG } from "../../../src/examples/library/catalog.ts";
import { parseJson } from "../../../src/examples/library/json-file.ts";
import { thrownBy } from "../../support/thrown.ts";

const EMMA = { isbn: "9799000000400", title: "Emma", author: "Jane Austen", year: 1815 };

const read = (text: string) => catalogOf(parseJson(text, "c.json", "CATALOG_INVALID"));
const withBooks = (...books: unknown[]) => read(JSON.stringify({ books }));
const refusal = (message: string) => ({ code: "CATALOG_INVALID", message });

describe("the sample catalogue", () => {
  it("holds 100 books under ISBNs that check out and that no agency assigns", async () => {
    const catalog = await readCatalog(SAMPLE_CATALOG);
    expect(catalog.size).toBe(100);
    expect([...catalog.keys()].every((isbn) => isbn.startsWith("9799"))).toBe(true);
  });

  it("holds works a century old, some with a copy to read here", async () => {
    const books = [...(await readCatalog(SAMPLE_CATALOG)).values()];
    expect(books.filter(({ year }) => year > 1925)).toEqual([]);
    expect(books.filter(({ opening }) => opening !== undefined).length).toBeGreaterThan(10);
    expect(new Set(books.map(({ title, author }) => `${title} ${author}`)).size).toBe(100);
  });
});

describe("a catalogue of one's own", () => {
  it("may say more than is asked for", () => {
    expect([...withBooks({ ...EMMA, shelf: "B2" }).values()]).toEqual([
      { ...EMMA, opening: undefined },
    ]);
  });

  it.each([
    ["{", "c.json:1:2: expected a name in quotes or }"],
    ['{\n "books": [\n  {"isbn": oops}\n]}', "c.json:3:12: expected a value"],
    ["[]", "c.json: expected an object"],
    ["null", "c.json: expected an object"],
    ["{}", "c.json: books: is missing"],
    ['{"books": {}}', "c.json: books: expected a list"],
    ['{"books": []}', "c.json: books: there must be a book in it"],
  ])("that reads %j is refused, and where is said", (text, message) => {
    expect(thrownBy(() => read(text))).toMatchObject(refusal(message));
  });

  it.each([
    [5, "expected an object"],
    [{ ...EMMA, isbn: undefined }, "isbn: is missing"],
    [{ ...EMMA, isbn: 9799000000400 }, "isbn: expected text"],
    [
      { ...EMMA, isbn: "9799000000401" },
      'isbn: "9799000000401" is no ISBN: its check digit should be 0',
    ],
    [{ ...EMMA, title: " " }, "title: is empty"],
    [{ ...EMMA, title: "x".repeat(1001) }, "title: is longer than 1000 characters"],
    [{ ...EMMA, author: null }, "author: expected text"],
    [{ ...EMMA, year: "1815" }, "year: expected a whole number from -5000 to 9999"],
    [{ ...EMMA, year: 1815.5 }, "year: expected a whole number from -5000 to 9999"],
    [{ ...EMMA, opening: "" }, "opening: is empty"],
    [{ ...EMMA, isbn: "979-9-000000-40-0" }, 'isbn: 9799000000400 is already the ISBN of "Emma"'],
  ])("with the second book %j is refused, and where is said", (book, message) => {
    const dot = message.startsWith("expected an") ? ": " : ".";
    expect(thrownBy(() => withBooks(EMMA, book))).toMatchObject(
      refusal(`c.json: books[1]${dot}${message}`),
    );
  });

  it("does not take a property of every object for its own", () => {
    expect(() => withBooks({ ...EMMA, opening: undefined, title: undefined })).toThrow(/title/);
    expect(
      thrownBy(() => parseJson("{}", "c.json", "CATALOG_INVALID").member("constructor").text(9)),
    ).toMatchObject(refusal("c.json: constructor: is missing"));
  });
});

describe("a catalogue's file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "handfast-catalog-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("may begin with a byte order mark", async () => {
    const path = join(folder, "c.json");
    await writeFile(path, `\uFEFF${JSON.stringify({ books: [EMMA] })}`);
    expect((await readCatalog(path)).size).toBe(1);
  });

  it("must be there", async () => {
    const path = join(folder, "none.json");
    await expect(readCatalog(path)).rejects.toMatchObject({
      code: "FILE_MISSING",
      message: `${path}: there is no such file`,
    });
  });

  it("must be a file", async () => {
    await expect(readCatalog(folder)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
  });

  it("must be UTF-8", async () => {
    const path = join(folder, "c.json");
    await writeFile(path, Uint8Array.of(0x22, 0xff, 0x22));
    await expect(readCatalog(path)).rejects.toMatchObject({
      code: "CATALOG_INVALID",
      message: `${path}: not UTF-8 text`,
    });
  });

  it("must not be huge", async () => {
    const path = join(folder, "c.json");
    await writeFile(path, new Uint8Array(16 * 1024 * 1024 + 1));
    await expect(readCatalog(path)).rejects.toMatchObject({ code: "FILE_TOO_LARGE" });
  });
});
