import { dup, type PeerId } from "handfast";
import { type Book } from "./catalog.ts";
import { LibraryError } from "./library-error.ts";
import { describeBook } from "./search.ts";
import { type Waiter } from "./library.capnp.ts";
import { type Shelves } from "./shelves.ts";

/** The book, once it is back; rejects with `CANCELED` when `gone` aborts. Throws as below. */
export function bookBack(
  shelves: Shelves,
  book: Book,
  member: PeerId,
  gone: AbortSignal,
): Promise<Book> {
  return new Promise((resolve, reject) => {
    const giveUp = shelves.whenBack(book, member, resolve);
    const forget = () => {
      giveUp();
      reject(new LibraryError("CANCELED", "nobody is waiting for the book"));
    };
    if (gone.aborted) forget();
    else gone.addEventListener("abort", forget, { once: true });
  });
}

/**
 * Calls the reader's object once, when the book is back; forgets it when `gone` aborts, because a
 * reader whose connection is lost cannot be called. Throws `TOO_MANY_WAITING`.
 */
export function waitForBook(
  shelves: Shelves,
  book: Book,
  member: PeerId,
  waiter: Waiter.Client,
  gone: AbortSignal,
): void {
  if (gone.aborted) return;
  const reader = dup(waiter); // parameters live until the call returns; this one is kept
  const forget = () => {
    giveUp();
    gone.removeEventListener("abort", forget);
    reader[Symbol.dispose]();
  };
  let giveUp: () => void;
  try {
    giveUp = shelves.whenBack(book, member, (back) => {
      // Whether the reader hears it is the reader's business: the library goes on either way.
      reader.bookIsBack({ book: describeBook(shelves, back) }).then(forget, forget);
    });
  } catch (error) {
    reader[Symbol.dispose]();
    throw error;
  }
  gone.addEventListener("abort", forget);
}
