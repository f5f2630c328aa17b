import { type PeerId } from "handfast";
import { type CardCheck } from "./card-check.ts";
import { type Cards } from "./cards.ts";
import { type Role, type Roster } from "./roster.ts";
import { type Shelves } from "./shelves.ts";

/** What the roots of the library share. */
export interface Library {
  readonly shelves: Shelves;
  readonly roster: Roster;
  readonly cards: Cards;
  readonly cardCheck: CardCheck;
  readonly diary: Diary;
}

/** Keeps the record of who did what, for people; nothing is decided by it. */
export type Diary = (entry: DiaryEntry) => void;

/** `by` is the peer whose call it was, whatever authority the call was made with. */
export type DiaryEntry =
  | { readonly did: "root given"; readonly by: PeerId; readonly role: Role }
  | { readonly did: "card asked for"; readonly by: PeerId }
  | {
      readonly did:
        "desk opened" | "card issued" | "cards withdrawn" | "session begun" | "recognised";
      readonly by: PeerId | undefined;
      readonly member: PeerId;
    }
  | {
      readonly did: "lent" | "renewed" | "taken back" | "awaited";
      readonly by: PeerId | undefined;
      readonly title: string;
    };
