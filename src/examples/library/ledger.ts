import { parsePeerId, type PeerId } from "handfast";
import { type Isbn, parseIsbn } from "./isbn.ts";
import { type JsonValue } from "./json-file.ts";
import { MAX_RENEWALS } from "./limits.ts";

/** One book in one reader's hands. */
export interface Loan {
  /** Never used again, so that an old loan of the same book to the same reader stays ended. */
  readonly number: number;
  readonly isbn: Isbn;
  readonly borrower: PeerId;
  /** A UTC day such as `2026-11-21`. */
  readonly lentOn: string;
  readonly dueDate: string;
  readonly renewals: number;
}

/** All that the library must not forget. Immutable: a change makes another ledger. */
export interface Ledger {
  readonly nextNumber: number;
  /** At most one loan a book. */
  readonly loans: readonly Loan[];
}

export const EMPTY_LEDGER: Ledger = { nextNumber: 1, loans: [] };

const FORMAT = "handfast-library-loans/1";
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function ledgerToJson(ledger: Ledger): string {
  return `${JSON.stringify({ format: FORMAT, ...ledger }, undefined, 2)}\n`;
}

/** Reads back what {@link ledgerToJson} wrote, and nothing that it could not have written. */
export function ledgerOf(json: JsonValue): Ledger {
  const format = json.member("format");
  if (format.text(100) !== FORMAT) throw format.wrong(`expected ${JSON.stringify(FORMAT)}`);
  const nextNumber = json.member("nextNumber").integer(1, Number.MAX_SAFE_INTEGER);
  const numbers = new Set<number>();
  const isbns = new Set<Isbn>();
  const loans = json
    .member("loans")
    .items()
    .map((item) => {
      const loan = loanOf(item, nextNumber);
      if (numbers.has(loan.number)) throw item.wrong(`there are two loans number ${loan.number}`);
      if (isbns.has(loan.isbn)) throw item.wrong(`${loan.isbn} is lent twice`);
      numbers.add(loan.number);
      isbns.add(loan.isbn);
      return loan;
    });
  return { nextNumber, loans };
}

function loanOf(item: JsonValue, nextNumber: number): Loan {
  return {
    number: item.member("number").integer(1, nextNumber - 1),
    isbn: item.member("isbn").parsed(parseIsbn, 40, "an ISBN-13"),
    borrower: item.member("borrower").parsed(parsePeerId, 100, "a key such as ed25519:…"),
    lentOn: item.member("lentOn").parsed(parseDay, 10, "a day such as 2026-11-21"),
    dueDate: item.member("dueDate").parsed(parseDay, 10, "a day such as 2026-11-21"),
    renewals: item.member("renewals").integer(0, MAX_RENEWALS),
  };
}

function parseDay(text: string): string | undefined {
  return DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}
