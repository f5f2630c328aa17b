import { type CallContext, parsePeerId } from "handfast";
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
    const { roster, diary } = this.#library;
    return overTheDesk(() => {
      const id = parsePeerId(member);
      if (id === undefined || roster.roleOf(id) !== "member") {
        throw new LibraryError("UNKNOWN_MEMBER", "no member has that key");
      }
      diary({ did: "desk opened", by: call.peer.id, member: id });
      return { desk: new MemberRoot(this.#library, id) };
    });
  }
}
