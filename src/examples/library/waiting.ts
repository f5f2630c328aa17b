import { dup } from "handfast";
import { type Book } from "./catalog.ts";
import { describeBook } from "./search.ts";
import { type Waiter } from "./library.capnp.ts";
import { type Shelves } from "./shelves.ts";

/**
 * Calls the reader's object once, when the book is back; forgets it when `gone` aborts, because a
 * reader whose connection is lost cannot be called.
 */
export function waitForBook(
  shelves: Shelves,
  book: Book,
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
  const giveUp = shelves.whenBack(book, (back) => {
    // Whether the reader hears it is the reader's business: the library goes on either way.
    reader.bookIsBack({ book: describeBook(shelves, back) }).then(forget, forget);
  });
  gone.addEventListener("abort", forget);
}
