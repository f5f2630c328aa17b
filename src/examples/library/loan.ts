import { type CallContext } from "handfast";
import { describeBook } from "./search.ts";
import { Loan } from "./library.capnp.ts";
import { type Library } from "./library.ts";
import { MAX_RENEWALS } from "./limits.ts";
import { overTheDesk } from "./over-the-desk.ts";

/** One loan. It does not ask who calls: whoever was given it may use it, until it ends. */
export class BookLoan extends Loan.Server {
  readonly #library: Library;
  readonly #number: number;

  constructor(library: Library, number: number) {
    super();
    this.#library = library;
    this.#number = number;
  }

  override about() {
    const { shelves } = this.#library;
    return overTheDesk(() => {
      const { dueDate } = shelves.loan(this.#number);
      return { book: describeBook(shelves, this.#book()), dueDate };
    });
  }

  override renew(_: Loan.Renew.Params, call: CallContext) {
    const { shelves, diary } = this.#library;
    return overTheDesk(async () => {
      const { title } = this.#book();
      const { dueDate, renewals } = await shelves.renew(this.#number);
      diary({ did: "renewed", by: call.peer.id, title });
      return { dueDate, renewalsLeft: MAX_RENEWALS - renewals };
    });
  }

  override giveBack(_: Loan.GiveBack.Params, call: CallContext) {
    const { shelves, diary } = this.#library;
    return overTheDesk(async () => {
      const { title } = this.#book();
      await shelves.takeBack(this.#number);
      diary({ did: "taken back", by: call.peer.id, title });
      return {};
    });
  }

  #book() {
    const { shelves } = this.#library;
    return shelves.find(shelves.loan(this.#number).isbn);
  }
}
