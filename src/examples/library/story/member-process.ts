import { type Loan, MemberDesk, Waiter } from "../library.capnp.ts";
import { act, report } from "./actions.ts";
import { Reader } from "./reader.ts";

/** What the story is told about a loan. */
export interface LoanNote {
  readonly isbn: string;
  readonly title: string;
  readonly dueDate: string;
}

/** The member's waiter has been called. */
export interface ToldBack {
  readonly told: string;
}

const reader = new Reader();
let desk: MemberDesk.Client;
let loan: Loan.Client;

const actions = {
  makeKey: (file: string) => reader.makeKey(file),

  async dial(address: string): Promise<void> {
    desk = (await reader.dial(address)).bootstrap(MemberDesk);
  },

  /** Checks a book out; returns its title. */
  async checkoutBook(isbn: string): Promise<string> {
    loan = desk.checkoutBook({ isbn }).loan;
    using about = await loan.about();
    return about.book.title;
  },

  async loans(): Promise<LoanNote[]> {
    using results = await desk.loans();
    return results.loans.map(({ book, dueDate }) => ({
      isbn: book.isbn,
      title: book.title,
      dueDate,
    }));
  },

  /** Waits for a book with an object that the library calls. */
  async waitFor(isbn: string): Promise<void> {
    const waiter = Waiter.serve({
      bookIsBack({ book }) {
        report({ told: book.title } satisfies ToldBack);
        return {};
      },
    });
    await desk.tellMeWhenBack({ isbn, waiter });
  },

  /** Gives the only loan back, by the reference that the library hands out now. */
  async giveBack(): Promise<void> {
    using results = await desk.loans();
    await results.loans.at(0)?.loan.giveBack();
  },

  lineLost: () => reader.lineLost(),
  leave: () => reader.leave(),
};

export type MemberActions = typeof actions;

act(actions);
