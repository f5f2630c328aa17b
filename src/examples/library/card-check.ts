import {
  type AuthContext,
  AuthError,
  parsePeerId,
  type PeerId,
  type Peer,
  type AnonymousPeer,
  type Revoker,
} from "handfast";
import {
  apiKey,
  type Authenticator,
  chain,
  jwt,
  type JwtOptions,
  Revocations,
} from "handfast/auth";
import { type Cards } from "./cards.ts";
import { SESSION_MINUTES } from "./limits.ts";
import { type Roster } from "./roster.ts";

export interface CardCheckOptions {
  readonly cards: Cards;
  readonly roster: Roster;
  /** The town's tokens, if they are taken: `sub` is the member's key. */
  readonly town?: JwtOptions | undefined;
  /** How long a session lasts. Default: an evening. */
  readonly sessionMs?: number | undefined;
}

/** What a session is begun with. */
export interface Recognised {
  readonly member: PeerId;
  readonly auth: AuthContext;
  /** When the session ends: with the card, if not before. */
  readonly expiresAt: Date;
  /** Ends it at once. */
  readonly revokedBy: Revoker;
}

/** Tells which member stands before the card desk, and can end what was begun there. */
export class CardCheck {
  readonly #options: CardCheckOptions;
  readonly #authenticate: Authenticator;
  readonly #sessions = new Revocations();

  constructor(options: CardCheckOptions) {
    const { cards, town } = options;
    this.#options = options;
    this.#authenticate = town === undefined ? apiKey(cards) : chain(apiKey(cards), jwt(town));
  }

  /** Whether there is anything that a stranger could show. */
  get open(): boolean {
    return this.#options.cards.issued || this.#options.town !== undefined;
  }

  /**
   * Rejects with `AuthError`: it says `missing`, `invalid` or `expired` of the card,
   * `insufficient_scope` when the card is for reading only and `forReading` is not set, and
   * `unauthorized` when the member has left.
   */
  async recognise(
    card: string,
    presenter: { readonly peer: Peer | AnonymousPeer },
    { forReading }: { readonly forReading: boolean },
  ): Promise<Recognised> {
    const auth = await this.#authenticate(card, presenter);
    const { principal } = auth;
    const member = parsePeerId(principal);
    if (member === undefined || this.#options.roster.roleOf(member) !== "member") {
      throw new AuthError({ reason: "unauthorized", cause: new Error("not a member") });
    }
    if (!forReading && auth.claims["readOnly"] === true) {
      throw new AuthError({ reason: "insufficient_scope" });
    }
    const { sessionMs = SESSION_MINUTES * 60_000 } = this.#options;
    const endMs = Math.min(Date.now() + sessionMs, auth.expiresAt?.getTime() ?? Infinity);
    return { member, auth, expiresAt: new Date(endMs), revokedBy: this.#sessions.of(principal) };
  }

  /** Returns how many sessions there were. */
  endSessionsOf(member: PeerId): number {
    return this.#sessions.revoke(member, "the librarian has withdrawn your cards");
  }
}
