import { type CallContext, parsePeerId, type PeerId } from "handfast";
import { search } from "./search.ts";
import { type Catalogue, Librarian } from "./library.capnp.ts";
import { LibraryError } from "./library-error.ts";
import { type Library } from "./library.ts";
import { describeLoan } from "./loan-entry.ts";
import { MemberRoot } from "./member-desk.ts";
import { overTheDesk } from "./over-the-desk.ts";

/** The root of a librarian. */
export class LibrarianRoot extends Librarian.Server {
  readonly #library: Library;

  constructor(library: Library) {
    super();
    this.#library = library;
  }

  override search({ query }: Catalogue.Search.Params) {
    return search(this.#library.shelves, query);
  }

  override onLoan() {
    const loans = this.#library.shelves.allLoans();
    return { loans: loans.map((loan) => describeLoan(this.#library, loan)) };
  }

  /** The very object that the member's own key would get. */
  override deskOf({ member }: Librarian.DeskOf.Params, call: CallContext) {
    return overTheDesk(() => {
      const id = this.#memberOf(member);
      this.#library.diary({ did: "desk opened", by: call.peer.id, member: id });
      return { desk: new MemberRoot(this.#library, id) };
    });
  }

  override issueCard({ member, readOnly }: Librarian.IssueCard.Params, call: CallContext) {
    return overTheDesk(async () => {
      const id = this.#memberOf(member);
      const card = await this.#library.cards.issue(id, readOnly);
      this.#library.diary({ did: "card issued", by: call.peer.id, member: id });
      return { card };
    });
  }

  override withdrawCards({ member }: Librarian.WithdrawCards.Params, call: CallContext) {
    return overTheDesk(async () => {
      const id = this.#memberOf(member);
      await this.#library.cards.withdraw(id);
      const ended = this.#library.cardCheck.endSessionsOf(id);
      this.#library.diary({ did: "cards withdrawn", by: call.peer.id, member: id });
      return { ended };
    });
  }

  #memberOf(key: string): PeerId {
    const id = parsePeerId(key);
    if (id === undefined || this.#library.roster.roleOf(id) !== "member") {
      throw new LibraryError("UNKNOWN_MEMBER", "no member has that key");
    }
    return id;
  }
}
