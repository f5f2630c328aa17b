import { type RpcClient } from "../peers/rpc-peer.ts";
import { Deadline } from "./meter.ts";
import { type Answer } from "./orders.ts";

/** Bytes of calls under way: enough to keep both ends busy, less than any peer's flow window. */
const BYTES_UNDER_WAY = 2 * 1024 * 1024;

/** Large Data as parameters, as results, or streamed. */
export async function driveBulk(
  client: RpcClient,
  way: "take" | "give" | "stream",
  size: number,
  ms: number,
): Promise<Answer | undefined> {
  if (client[way] === undefined) return undefined;
  const chunk = new Uint8Array(size).fill(7);
  const deadline = new Deadline(ms);
  if (client.stream !== undefined && way === "stream") {
    const bytes = await client.stream(chunk, deadline.isOpen);
    if (bytes === 0 || bytes % size !== 0) throw new Error(`${bytes} bytes have arrived`);
    return { bytes, seconds: deadline.seconds };
  }
  let bytes = 0;
  const caller = async () => {
    do {
      if (way === "take") await client.take?.(chunk);
      else {
        const results = await client.give?.(size);
        if (results?.payload.length !== size) throw new Error("not what was asked for");
      }
      bytes += size;
    } while (deadline.isOpen());
  };
  await Promise.all(Array.from({ length: BYTES_UNDER_WAY / size }, caller));
  return { bytes, seconds: deadline.seconds };
}
