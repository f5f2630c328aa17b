import { type Peer } from "handfast";
import { CardDeskRoot } from "./card-desk.ts";
import { LibrarianRoot } from "./librarian.ts";
import { type Library } from "./library.ts";
import { MemberRoot } from "./member-desk.ts";
import { VisitorRoot } from "./visitor-desk.ts";

type Root = LibrarianRoot | MemberRoot | VisitorRoot | CardDeskRoot;

/**
 * How a method can know who calls it: it is asked once, here. The peer has proven its key before
 * any of this runs. The key decides which object the peer gets, and the object is told what its
 * methods must know; from then on, whoever holds a reference may use it, and nobody is asked again.
 */
export function rootFor(peer: Peer, library: Library): Root {
  const role = library.roster.roleOf(peer.id);
  if (role !== undefined) library.diary({ did: "root given", by: peer.id, role });
  switch (role) {
    case "librarian":
      return new LibrarianRoot(library);
    case "member":
      return new MemberRoot(library, peer.id);
    case "visitor":
      return new VisitorRoot(library);
    case undefined:
      library.diary({ did: "card asked for", by: peer.id });
      return new CardDeskRoot(library);
    default:
      return role satisfies never;
  }
}

/**
 * Whether the peer may in at all: asked inside the handshake, before the library proves its key.
 * While nobody has a card, a key that is on no list hears nothing.
 */
export function admits(peer: Peer, { roster, cardCheck }: Library): boolean {
  return roster.knows(peer.id) || cardCheck.open;
}
