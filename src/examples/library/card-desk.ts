import { type CallContext } from "handfast";
import { type Recognised } from "./card-check.ts";
import { CardDesk, ReadingSession, Session } from "./library.capnp.ts";
import { type Library } from "./library.ts";
import { borrowingSession, readingSession } from "./session.ts";

/**
 * The root of a device that the library does not know. It has no method that asks for permission:
 * showing a card returns the object that may do the rest.
 */
export class CardDeskRoot extends CardDesk.Server {
  readonly #library: Library;

  constructor(library: Library) {
    super();
    this.#library = library;
  }

  override async authenticate({ card }: CardDesk.Authenticate.Params, call: CallContext) {
    const terms = await this.#begin(card, call, { forReading: false });
    const session = borrowingSession(this.#library, terms.member);
    return { session: call.mint(Session, session, terms) };
  }

  override async authenticateReadOnly(
    { card }: CardDesk.AuthenticateReadOnly.Params,
    call: CallContext,
  ) {
    const terms = await this.#begin(card, call, { forReading: true });
    const session = readingSession(this.#library, terms.member);
    return { session: call.mint(ReadingSession, session, terms) };
  }

  /** The terms of a session. What is reached through it ends with it: it is a membrane. */
  async #begin(card: string, call: CallContext, scope: { readonly forReading: boolean }) {
    const recognised: Recognised = await this.#library.cardCheck.recognise(card, call, scope);
    const { member } = recognised;
    this.#library.diary({ did: "session begun", by: call.peer.id, member });
    return { ...recognised, label: `session of ${member}`, membrane: true };
  }
}
