import { type PeerId } from "handfast";
import { type Book, type Catalog } from "./catalog.ts";
import { type Isbn, parseIsbn } from "./isbn.ts";
import { type Ledger, type Loan } from "./ledger.ts";
import { LibraryError } from "./library-error.ts";
import {
  LOAN_DAYS,
  MAX_LOANS_PER_MEMBER,
  MAX_RENEWALS,
  MAX_SEARCH_RESULTS,
  MAX_WAITING_PER_BOOK,
} from "./limits.ts";
import { type LoanStore } from "./loan-store.ts";

export interface ShelvesOptions {
  readonly catalog: Catalog;
  readonly loans: LoanStore;
  /** Default: the system's clock. */
  readonly now?: (() => Date) | undefined;
}

/**
 * The library without its desks: which books there are and who has them. It knows nothing of
 * connections; whoever asks has decided what may be asked. Throws {@link LibraryError} throughout.
 */
export class Shelves {
  readonly #catalog: Catalog;
  readonly #loans: LoanStore;
  readonly #now: () => Date;
  readonly #searchable: readonly (readonly [text: string, book: Book])[];
  readonly #waiting = new Map<Isbn, Map<PeerId, (book: Book) => void>>();

  constructor({ catalog, loans, now = () => new Date() }: ShelvesOptions) {
    this.#catalog = catalog;
    this.#loans = loans;
    this.#now = now;
    this.#searchable = Array.from(catalog.values(), (book) => [
      plain(`${book.title} ${book.author} ${book.isbn} ${book.year}`),
      book,
    ]);
    const stray = loans.ledger.loans.find(({ isbn }) => !catalog.has(isbn));
    if (stray !== undefined) {
      const message = `the catalogue lacks ${stray.isbn}, which ${stray.borrower} has on loan`;
      throw new LibraryError("CATALOG_INVALID", message);
    }
  }

  /** The books whose title, author, year and ISBN hold every word of `query`: the first 50. */
  search(query: string): readonly Book[] {
    const words = plain(query).split(/\s+/);
    return this.#searchable
      .filter(([text]) => words.every((word) => text.includes(word)))
      .slice(0, MAX_SEARCH_RESULTS)
      .map(([, book]) => book);
  }

  /** Throws `ISBN_INVALID`, `UNKNOWN_ISBN`. */
  find(isbn: string): Book {
    const book = this.#catalog.get(parseIsbn(isbn));
    if (book === undefined) throw new LibraryError("UNKNOWN_ISBN", `there is no book ${isbn} here`);
    return book;
  }

  isOnLoan({ isbn }: Book): boolean {
    return this.#loans.ledger.loans.some((loan) => loan.isbn === isbn);
  }

  /** Throws `NO_READING_COPY`. */
  openingOf({ title, opening }: Book): string {
    if (opening === undefined) {
      throw new LibraryError("NO_READING_COPY", `the reading room has no copy of ${quoted(title)}`);
    }
    return opening;
  }

  /**
   * Lends the book, unless `signal` aborts before its turn comes. Throws `ON_LOAN`,
   * `TOO_MANY_LOANS`, `CANCELED`.
   */
  lend(book: Book, borrower: PeerId, signal?: AbortSignal): Promise<Loan> {
    return this.#loans.change((ledger) => {
      if (signal?.aborted) throw new LibraryError("CANCELED", "nobody is waiting for the book");
      if (ledger.loans.some(({ isbn }) => isbn === book.isbn)) {
        throw new LibraryError("ON_LOAN", `${quoted(book.title)} is on loan`);
      }
      const theirs = ledger.loans.filter((loan) => loan.borrower === borrower);
      if (theirs.length >= MAX_LOANS_PER_MEMBER) {
        const message = `nobody may have more than ${MAX_LOANS_PER_MEMBER} books`;
        throw new LibraryError("TOO_MANY_LOANS", message);
      }
      const loan: Loan = {
        number: ledger.nextNumber,
        isbn: book.isbn,
        borrower,
        lentOn: this.#day(0),
        dueDate: this.#day(LOAN_DAYS),
        renewals: 0,
      };
      return {
        ledger: { nextNumber: ledger.nextNumber + 1, loans: [...ledger.loans, loan] },
        result: loan,
      };
    });
  }

  /** Starts the loan's time again. Throws `LOAN_ENDED`, `TOO_MANY_RENEWALS`. */
  renew(number: number): Promise<Loan> {
    return this.#loans.change((ledger) => {
      const loan = current(ledger, number);
      if (loan.renewals >= MAX_RENEWALS) {
        const message = `a loan may be renewed ${MAX_RENEWALS} times`;
        throw new LibraryError("TOO_MANY_RENEWALS", message);
      }
      const renewed = { ...loan, dueDate: this.#day(LOAN_DAYS), renewals: loan.renewals + 1 };
      const loans = ledger.loans.map((other) => (other === loan ? renewed : other));
      return { ledger: { ...ledger, loans }, result: renewed };
    });
  }

  /** Puts the book back and tells whoever waits for it. Throws `LOAN_ENDED`. */
  async takeBack(number: number): Promise<void> {
    const book = this.find(this.loan(number).isbn);
    try {
      await this.#loans.change((ledger) => {
        const loan = current(ledger, number);
        const loans = ledger.loans.filter((other) => other !== loan);
        return { ledger: { ...ledger, loans }, result: undefined };
      });
    } finally {
      // It may be back though the change is reported as not saved: see `LoanStore.change`.
      if (!this.isOnLoan(book)) this.#tellWaiting(book);
    }
  }

  /** Throws `LOAN_ENDED`. */
  loan(number: number): Loan {
    return current(this.#loans.ledger, number);
  }

  loansOf(borrower: PeerId): readonly Loan[] {
    return this.allLoans().filter((loan) => loan.borrower === borrower);
  }

  allLoans(): readonly Loan[] {
    return this.#loans.ledger.loans;
  }

  /**
   * Calls `tell` once, when the book is back: at once when it is not on loan. The function
   * returned gives up waiting. Throws `TOO_MANY_WAITING`, also when the member waits already.
   */
  whenBack(book: Book, member: PeerId, tell: (book: Book) => void): () => void {
    if (!this.isOnLoan(book)) {
      tell(book);
      return () => {};
    }
    const waiting = this.#waiting.get(book.isbn) ?? new Map<PeerId, typeof tell>();
    if (waiting.has(member)) {
      throw new LibraryError("TOO_MANY_WAITING", `you wait for ${quoted(book.title)} already`);
    }
    if (waiting.size >= MAX_WAITING_PER_BOOK) {
      throw new LibraryError("TOO_MANY_WAITING", `too many wait for ${quoted(book.title)}`);
    }
    const reader = (back: Book) => tell(back); // an entry of its own, even for the same `tell`
    this.#waiting.set(book.isbn, waiting.set(member, reader));
    return () => {
      if (waiting.get(member) === reader) waiting.delete(member);
      if (waiting.size === 0 && this.#waiting.get(book.isbn) === waiting) {
        this.#waiting.delete(book.isbn);
      }
    };
  }

  #tellWaiting(book: Book): void {
    const waiting = this.#waiting.get(book.isbn);
    this.#waiting.delete(book.isbn);
    for (const tell of waiting?.values() ?? []) tell(book);
  }

  /** The UTC day that many days from now. */
  #day(daysFromNow: number): string {
    const day = new Date(this.#now());
    day.setUTCDate(day.getUTCDate() + daysFromNow);
    return day.toISOString().slice(0, 10);
  }
}

function current(ledger: Ledger, number: number): Loan {
  const loan = ledger.loans.find((other) => other.number === number);
  if (loan === undefined) throw new LibraryError("LOAN_ENDED", "this loan has ended");
  return loan;
}

/** Without case and accents, so that `bronte` finds Brontë. */
function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase()
    .trim();
}

function quoted(title: string): string {
  return JSON.stringify(title);
}
