import { type Connection } from "handfast";
import { CardDesk, type Session } from "../library.capnp.ts";
import { act } from "./actions.ts";
import { Reader } from "./reader.ts";

/** Who the library says that we are, and until when. */
export interface Recognition {
  readonly member: string;
  readonly until: string;
}

const reader = new Reader();
let line: Connection;
let session: Session.Client;

const actions = {
  makeKey: (file: string) => reader.makeKey(file),

  async dial(address: string): Promise<void> {
    line = await reader.dial(address);
  },

  /** Shows a card, and asks who that makes us: the session is used before it is there. */
  async recognise(card: string): Promise<Recognition> {
    using desk = line.bootstrap(CardDesk);
    session = desk.authenticate({ card }).session;
    using who = await session.whoami();
    return { member: who.member, until: who.until };
  },

  async untilBack(isbn: string): Promise<string> {
    using back = await session.untilBack({ isbn });
    return back.book.title;
  },

  leave: () => reader.leave(),
};

export type StrangerActions = typeof actions;

act(actions);
