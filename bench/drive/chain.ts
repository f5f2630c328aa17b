import { type RpcClient } from "../peers/rpc-peer.ts";
import { Deadline, Times } from "./meter.ts";
import { type Answer } from "./orders.ts";

export interface ChainOrder {
  readonly links: number;
  readonly pipelined: boolean;
  readonly ms: number;
}

/** How long a chain takes from its first call to its last answer, one chain after the other. */
export async function driveChain(
  client: RpcClient,
  { links, pipelined, ms }: ChainOrder,
): Promise<Answer | undefined> {
  if (client.chain === undefined) return undefined;
  const deadline = new Deadline(ms);
  const times = new Times();
  do {
    const startMs = performance.now();
    await client.chain(links, pipelined);
    times.addSince(startMs);
  } while (deadline.isOpen());
  return times.percentiles();
}
