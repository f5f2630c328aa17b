import { search } from "./search.ts";
import { type Catalogue, VisitorDesk } from "./library.capnp.ts";
import { type Library } from "./library.ts";
import { overTheDesk } from "./over-the-desk.ts";

/** The root of every visitor: it need not know which one. */
export class VisitorRoot extends VisitorDesk.Server {
  readonly #library: Library;

  constructor(library: Library) {
    super();
    this.#library = library;
  }

  override search({ query }: Catalogue.Search.Params) {
    return search(this.#library.shelves, query);
  }

  override readHere({ isbn }: VisitorDesk.ReadHere.Params) {
    const { shelves } = this.#library;
    return overTheDesk(() => ({ opening: shelves.openingOf(shelves.find(isbn)) }));
  }
}
