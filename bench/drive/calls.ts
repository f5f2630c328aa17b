import { type RpcClient } from "../peers/rpc-peer.ts";
import { Deadline, Times } from "./meter.ts";
import { type Answer } from "./orders.ts";

export interface CallsOrder {
  /** Calls under way at any time. */
  readonly depth: number;
  /** Bytes, there and back. */
  readonly payload: number;
  readonly ms: number;
}

/** Echoes, by the clients in turn; each caller makes its next call when its last one has returned. */
export async function driveCalls(
  clients: readonly RpcClient[],
  { depth, payload, ms }: CallsOrder,
): Promise<Answer> {
  const sent = new Uint8Array(payload).fill(7);
  const deadline = new Deadline(ms);
  let calls = 0;
  let turn = 0;
  const caller = async () => {
    do {
      const client = clients[turn];
      if (client === undefined) throw new Error("not connected");
      turn = (turn + 1) % clients.length;
      const results = await client.echo(sent);
      if (results.payload.length !== payload) throw new Error("the echo is not what was sent");
      calls += 1;
    } while (deadline.isOpen());
  };
  await Promise.all(Array.from({ length: depth }, caller));
  return { calls, seconds: deadline.seconds };
}

/** How long each echo takes, one after the other. */
export async function driveLatency(
  client: RpcClient,
  { payload, ms }: { readonly payload: number; readonly ms: number },
): Promise<Answer> {
  const sent = new Uint8Array(payload).fill(7);
  const deadline = new Deadline(ms);
  const times = new Times();
  let calls = 0;
  do {
    const startMs = performance.now();
    const results = await client.echo(sent);
    times.addSince(startMs);
    if (results.payload.length !== payload) throw new Error("the echo is not what was sent");
    calls += 1;
  } while (deadline.isOpen());
  const { seconds } = deadline;
  return { calls, seconds, ...times.percentiles() };
}

/**
 * Sixteen callers at once; of each twenty calls of a caller sixteen are small, two bring 16 KiB,
 * one is a pipeline of three and one fails.
 */
export async function driveMixed(client: RpcClient, ms: number): Promise<Answer | undefined> {
  if (client.chain === undefined) return undefined;
  const [small, large] = [new Uint8Array(32).fill(7), new Uint8Array(16_384).fill(7)];
  const deadline = new Deadline(ms);
  let calls = 0;
  const echo = async (payload: Uint8Array) => {
    const results = await client.echo(payload);
    if (results.payload.length !== payload.length) throw new Error("not what was sent");
    calls += 1;
  };
  const caller = async (first: number) => {
    for (let turn = first; deadline.isOpen(); turn += 1) {
      const kind = turn % 20;
      if (kind < 16) await echo(small);
      else if (kind < 18) await echo(large);
      else if (kind === 18) {
        await client.chain?.(3, true);
        calls += 3;
      } else {
        await mustFail(client);
        calls += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, index) => caller(index)));
  return { calls, seconds: deadline.seconds };
}

async function mustFail(client: RpcClient): Promise<void> {
  const failed = await client.fail().then(
    () => false,
    () => true,
  );
  if (!failed) throw new Error("the call that fails did not");
}
