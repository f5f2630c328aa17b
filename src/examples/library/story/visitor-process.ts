import { type Connection } from "handfast";
import { MemberDesk, VisitorDesk } from "../library.capnp.ts";
import { act } from "./actions.ts";
import { Reader } from "./reader.ts";

const reader = new Reader();
let line: Connection;

const actions = {
  makeKey: (file: string) => reader.makeKey(file),

  async dial(address: string): Promise<void> {
    line = await reader.dial(address);
  },

  async search(query: string): Promise<string[]> {
    using desk = line.bootstrap(VisitorDesk);
    using found = await desk.search({ query });
    return found.books.map(({ title }) => title);
  },

  async readHere(isbn: string): Promise<string> {
    using desk = line.bootstrap(VisitorDesk);
    using page = await desk.readHere({ isbn });
    return page.opening;
  },

  /** Calls a method that a visitor's root does not have. */
  async checkoutBook(isbn: string): Promise<void> {
    using desk = line.bootstrap(MemberDesk);
    await desk.checkoutBook({ isbn });
  },

  leave: () => reader.leave(),
};

export type VisitorActions = typeof actions;

act(actions);
