import { type Book as BookInCatalog } from "./catalog.ts";
import { type Book, type Catalogue } from "./library.capnp.ts";
import { type Shelves } from "./shelves.ts";

/** What every root answers to `search`. */
export function search(shelves: Shelves, query: string): Catalogue.Search.ResultsInit {
  return { books: shelves.search(query).map((book) => describeBook(shelves, book)) };
}

export function describeBook(shelves: Shelves, book: BookInCatalog): Book.Init {
  const { isbn, title, author, year } = book;
  return { isbn, title, author, year, onLoan: shelves.isOnLoan(book) };
}
