import { type RpcClient } from "../peers/rpc-peer.ts";
import { Deadline } from "./meter.ts";
import { type Answer } from "./orders.ts";

const DEPTH = 64;

/** Calls that carry a reference, one way or the other. */
export async function driveCapabilities(
  client: RpcClient,
  what: "pass" | "callBack" | "getAndRelease",
  ms: number,
): Promise<Answer | undefined> {
  if (client[what] === undefined) return undefined;
  const deadline = new Deadline(ms);
  let calls = 0;
  const caller = async () => {
    do {
      await client[what]?.();
      calls += 1;
    } while (deadline.isOpen());
  };
  await Promise.all(Array.from({ length: DEPTH }, caller));
  return { calls, seconds: deadline.seconds };
}
