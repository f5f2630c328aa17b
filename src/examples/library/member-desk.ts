import { type CallContext, type PeerId } from "handfast";
import { search } from "./search.ts";
import { type Catalogue, MemberDesk } from "./library.capnp.ts";
import { type Library } from "./library.ts";
import { describeLoan } from "./loan-entry.ts";
import { BookLoan } from "./loan.ts";
import { overTheDesk } from "./over-the-desk.ts";
import { waitForBook } from "./waiting.ts";

/** The root of one member. No method asks whose it is. */
export class MemberRoot extends MemberDesk.Server {
  readonly #library: Library;
  readonly #member: PeerId;

  constructor(library: Library, member: PeerId) {
    super();
    this.#library = library;
    this.#member = member;
  }

  override search({ query }: Catalogue.Search.Params) {
    return search(this.#library.shelves, query);
  }

  override checkoutBook({ isbn }: MemberDesk.CheckoutBook.Params, call: CallContext) {
    const { shelves, diary } = this.#library;
    return overTheDesk(async () => {
      const book = shelves.find(isbn);
      const loan = await shelves.lend(book, this.#member, call.signal);
      diary({ did: "lent", by: call.peer.id, title: book.title });
      return { loan: new BookLoan(this.#library, loan.number) };
    });
  }

  override loans() {
    const loans = this.#library.shelves.loansOf(this.#member);
    return { loans: loans.map((loan) => describeLoan(this.#library, loan)) };
  }

  override tellMeWhenBack(
    { isbn, waiter }: MemberDesk.TellMeWhenBack.Params,
    { peer }: CallContext,
  ) {
    const { shelves } = this.#library;
    return overTheDesk(() => {
      waitForBook(shelves, shelves.find(isbn), this.#member, waiter, peer.signal);
      return {};
    });
  }
}
