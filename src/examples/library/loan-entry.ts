import { describeBook } from "./search.ts";
import { type Loan } from "./ledger.ts";
import { type LoanEntry } from "./library.capnp.ts";
import { type Library } from "./library.ts";
import { BookLoan } from "./loan.ts";

/** A loan with the capability to end it: for whoever may have both. */
export function describeLoan(library: Library, loan: Loan): LoanEntry.Init {
  return {
    book: describeBook(library.shelves, library.shelves.find(loan.isbn)),
    borrower: loan.borrower,
    dueDate: loan.dueDate,
    loan: new BookLoan(library, loan.number),
  };
}
