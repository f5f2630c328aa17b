import { fileURLToPath } from "node:url";
import { type Isbn, parseIsbn } from "./isbn.ts";
import { type JsonValue, readJsonFile } from "./json-file.ts";
import { MAX_CATALOG_BYTES, MAX_TEXT_CHARS } from "./limits.ts";

export interface Book {
  readonly isbn: Isbn;
  readonly title: string;
  readonly author: string;
  /** Of first publication; negative before our era. */
  readonly year: number;
  /** The first words, for the books that the reading room has a copy of. */
  readonly opening?: string | undefined;
}

/** The books that the library owns, one copy of each. Never empty. */
export type Catalog = ReadonlyMap<Isbn, Book>;

/** A hundred works in the public domain under invented ISBNs. */
export const SAMPLE_CATALOG = fileURLToPath(new URL("catalog.json", import.meta.url));

/**
 * Reads `{ "books": [{ "isbn", "title", "author", "year", "opening"? }, …] }`; other members are
 * left alone. Throws `LibraryError` `CATALOG_INVALID` with the place of the first mistake, or one of
 * `FILE_…`.
 */
export async function readCatalog(path: string): Promise<Catalog> {
  return catalogOf(
    await readJsonFile(path, { code: "CATALOG_INVALID", maxBytes: MAX_CATALOG_BYTES }),
  );
}

export function catalogOf(json: JsonValue): Catalog {
  const books = json.member("books");
  const catalog = new Map<Isbn, Book>();
  for (const item of books.items()) {
    const book = bookOf(item);
    const double = catalog.get(book.isbn);
    if (double !== undefined) {
      const where = item.member("isbn");
      throw where.wrong(`${book.isbn} is already the ISBN of ${JSON.stringify(double.title)}`);
    }
    catalog.set(book.isbn, book);
  }
  if (catalog.size === 0) throw books.wrong("there must be a book in it");
  return catalog;
}

function bookOf(item: JsonValue): Book {
  const opening = item.member("opening");
  return {
    isbn: item.member("isbn").parsed(parseIsbn, 40, "an ISBN-13"),
    title: item.member("title").text(MAX_TEXT_CHARS),
    author: item.member("author").text(MAX_TEXT_CHARS),
    year: item.member("year").integer(-5000, 9999),
    opening: opening.isMissing ? undefined : opening.text(MAX_TEXT_CHARS),
  };
}
