import { Actor } from "./actor.ts";
import { type LibrarianActions } from "./librarian-process.ts";
import { type LibraryActions } from "./library-process.ts";
import { type MemberActions } from "./member-process.ts";
import { type StrangerActions } from "./stranger-process.ts";
import { type VisitorActions } from "./visitor-process.ts";

/** Who acts in the story: a process each. Whoever is still on stage at the end is ended. */
export class Cast implements AsyncDisposable {
  node = this.#newLibrary();
  readonly librarian = new Actor<LibrarianActions>("librarian", "librarian-process");
  readonly member = new Actor<MemberActions>("member", "member-process");
  readonly visitor = new Actor<VisitorActions>("visitor", "visitor-process");
  readonly stranger = new Actor<StrangerActions>("stranger", "stranger-process");

  /** Ends the library without a word, as a power cut would, and starts another. */
  async crashLibrary(): Promise<void> {
    await this.node.kill();
    this.node = this.#newLibrary();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { node, librarian, member, visitor, stranger } = this;
    await Promise.all([node, librarian, member, visitor, stranger].map((it) => it.kill()));
  }

  #newLibrary(): Actor<LibraryActions> {
    return new Actor<LibraryActions>("library", "library-process");
  }
}
