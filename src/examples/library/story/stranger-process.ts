import { act } from "./actions.ts";
import { Reader } from "./reader.ts";

const reader = new Reader();

const actions = {
  makeKey: (file: string) => reader.makeKey(file),

  async dial(address: string): Promise<void> {
    await reader.dial(address);
  },

  leave: () => reader.leave(),
};

export type StrangerActions = typeof actions;

act(actions);
