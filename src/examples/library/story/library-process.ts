import { LibraryNode } from "../node.ts";
import { act, report } from "./actions.ts";

/** A line of the library's access log. */
export interface Accessed {
  readonly accessed: string;
}

let node: LibraryNode | undefined;

const actions = {
  /** Opens the library; returns its address. */
  async open(data: string, catalog: string | null): Promise<string> {
    node = await LibraryNode.open({
      data,
      catalog: catalog ?? undefined,
      diary: report,
      accessLog: (line) => report({ accessed: line } satisfies Accessed),
    });
    return node.address;
  },

  async close(): Promise<void> {
    await node?.[Symbol.asyncDispose]();
  },
};

export type LibraryActions = typeof actions;

act(actions);
