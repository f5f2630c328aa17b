import { parsePeerId, type PeerId } from "handfast";
import { type ApiKeyRecord, type ApiKeyStore, newApiKey } from "handfast/auth";
import { type JsonValue, readJsonFile, reasonOf } from "./json-file.ts";
import { LibraryError } from "./library-error.ts";
import { CARD_DAYS, MAX_CARDS_BYTES, MAX_CARDS_PER_MEMBER } from "./limits.ts";
import { fingerprintOf, replaceFile } from "./replace-file.ts";

/** What the library keeps of a card: enough to know it again, and not to make it. */
export interface Card {
  readonly id: string;
  /** SHA-256 of its secret, hexadecimal. */
  readonly hash: string;
  readonly member: PeerId;
  /** It opens reading sessions only. */
  readonly readOnly: boolean;
  readonly expiresAt: Date;
}

/** The cards of all members, on disk. Changes run one at a time, and count once they are there. */
export class Cards implements ApiKeyStore {
  readonly #path: string;
  readonly #now: () => Date;
  #cards: ReadonlyMap<string, Card>;
  #lastChange: Promise<unknown> = Promise.resolve();

  private constructor(path: string, cards: readonly Card[], now: () => Date) {
    this.#path = path;
    this.#now = now;
    this.#cards = new Map(cards.map((card) => [card.id, card]));
  }

  /** Reads the file; no file is no cards. Throws `LibraryError` `CARDS_CORRUPT`. */
  static async open(path: string, now = () => new Date()): Promise<Cards> {
    if ((await fingerprintOf(path)) === "") return new Cards(path, [], now);
    const json = await readJsonFile(path, { code: "CARDS_CORRUPT", maxBytes: MAX_CARDS_BYTES });
    return new Cards(path, cardsOf(json), now);
  }

  /** Whether anybody has a card. */
  get issued(): boolean {
    return this.#cards.size > 0;
  }

  /** Makes a card and returns it: for its owner, who sees it this once. Throws `TOO_MANY_CARDS`. */
  async issue(member: PeerId, readOnly: boolean): Promise<string> {
    const { id, key, hash } = newApiKey();
    const expiresAt = this.#now();
    expiresAt.setUTCDate(expiresAt.getUTCDate() + CARD_DAYS);
    await this.#change((cards) => {
      const good = cards.filter((card) => card.expiresAt > this.#now());
      if (good.filter((card) => card.member === member).length >= MAX_CARDS_PER_MEMBER) {
        const message = `nobody may have more than ${MAX_CARDS_PER_MEMBER} cards`;
        throw new LibraryError("TOO_MANY_CARDS", message);
      }
      return [...good, { id, hash, member, readOnly, expiresAt }];
    });
    return key;
  }

  /** The member's cards are good no more. */
  withdraw(member: PeerId): Promise<void> {
    return this.#change((cards) => cards.filter((card) => card.member !== member));
  }

  find(id: string): ApiKeyRecord | undefined {
    const card = this.#cards.get(id);
    if (card === undefined) return undefined;
    const { hash, member: principal, readOnly, expiresAt } = card;
    return { hash, principal, claims: { readOnly }, expiresAt };
  }

  #change(edit: (cards: readonly Card[]) => readonly Card[]): Promise<void> {
    const change = this.#lastChange.then(async () => {
      const cards = edit([...this.#cards.values()]);
      const text = `${JSON.stringify({ cards }, undefined, 2)}\n`;
      try {
        await replaceFile(this.#path, text, () => {
          this.#cards = new Map(cards.map((card) => [card.id, card]));
        });
      } catch (cause) {
        throw new LibraryError("CARDS_NOT_SAVED", `${this.#path}: ${reasonOf(cause)}`, { cause });
      }
    });
    this.#lastChange = change.catch(() => {}); // its caller hears of it; the next one goes on
    return change;
  }
}

function cardsOf(json: JsonValue): readonly Card[] {
  return json
    .member("cards")
    .items()
    .map((item) => ({
      id: item.member("id").text(64),
      hash: item.member("hash").parsed(parseHash, 64, "64 hexadecimal digits"),
      member: item.member("member").parsed(parsePeerId, 100, "a key such as ed25519:…"),
      readOnly: item.member("readOnly").flag(),
      expiresAt: item.member("expiresAt").parsed(parseTime, 40, "a time such as 2026-11-21T17:00Z"),
    }));
}

function parseHash(text: string): string | undefined {
  return /^[0-9a-f]{64}$/.test(text) ? text : undefined;
}

function parseTime(text: string): Date | undefined {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
