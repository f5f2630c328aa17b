import { type CallContext, type PeerId } from "handfast";
import { ReadingSession, Session } from "./library.capnp.ts";
import { type Library } from "./library.ts";
import { MemberRoot } from "./member-desk.ts";
import { overTheDesk } from "./over-the-desk.ts";
import { describeBook, search } from "./search.ts";
import { bookBack } from "./waiting.ts";

/** A member at a new device that is not to borrow: there is no method that could. */
export function readingSession(library: Library, member: PeerId) {
  return ReadingSession.serve(reading(library, member));
}

/** A member at a new device, with all that the member may do at home. */
export function borrowingSession(library: Library, member: PeerId) {
  const desk = () => ({ desk: new MemberRoot(library, member) });
  return Session.serve({ ...reading(library, member), desk });
}

/** What both sessions do. */
function reading({ shelves, diary }: Library, member: PeerId) {
  return {
    search: ({ query }: { readonly query: string }) => search(shelves, query),

    readHere: ({ isbn }: { readonly isbn: string }) =>
      overTheDesk(() => ({ opening: shelves.openingOf(shelves.find(isbn)) })),

    /** The peer is the device; the principal is who the reference was minted for. */
    whoami(_: object, { auth, deadline, peer }: CallContext) {
      const { principal } = auth.requireAuthenticated();
      diary({ did: "recognised", by: peer.id, member });
      return { member: principal, until: deadline?.toISOString() ?? "" };
    },

    untilBack: ({ isbn }: { readonly isbn: string }, { peer, signal }: CallContext) =>
      overTheDesk(async () => {
        const book = shelves.find(isbn);
        const back = bookBack(shelves, book, member, signal);
        diary({ did: "awaited", by: peer.id, title: book.title });
        return { book: describeBook(shelves, await back) };
      }),
  };
}
