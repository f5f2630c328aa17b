import { Librarian, type Loan, type MemberDesk } from "../library.capnp.ts";
import { act } from "./actions.ts";
import { Reader } from "./reader.ts";

const reader = new Reader();
let root: Librarian.Client;
let desk: MemberDesk.Client;
let loan: Loan.Client;

const actions = {
  makeKey: (file: string) => reader.makeKey(file),

  async dial(address: string): Promise<void> {
    root = (await reader.dial(address)).bootstrap(Librarian);
  },

  async onLoan(): Promise<string[]> {
    using results = await root.onLoan();
    return results.loans.map(({ book }) => book.title);
  },

  /** Three calls, each on the result of the one before, and nothing is awaited but the last. */
  async chain(member: string, isbn: string): Promise<string> {
    using hers = root.deskOf({ member }).desk;
    loan = hers.checkoutBook({ isbn }).loan;
    using renewed = await loan.renew();
    return renewed.dueDate;
  },

  // The same three calls, for a program that waits for each answer.
  async openDesk(member: string): Promise<void> {
    ({ desk } = await root.deskOf({ member }));
  },
  async checkoutBook(isbn: string): Promise<void> {
    ({ loan } = await desk.checkoutBook({ isbn }));
  },
  async renew(): Promise<string> {
    using renewed = await loan.renew();
    return renewed.dueDate;
  },

  async giveBack(): Promise<void> {
    await loan.giveBack();
  },

  issueCard: async (member: string) => (await root.issueCard({ member })).card,
  withdrawCards: async (member: string) => (await root.withdrawCards({ member })).ended,

  leave: () => reader.leave(),
};

export type LibrarianActions = typeof actions;

act(actions);
