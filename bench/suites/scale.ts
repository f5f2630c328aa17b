import { heldBytes } from "../harness/memory.ts";
import { type Pair } from "../harness/pair.ts";
import { Samples } from "../harness/samples.ts";
import { openPairs, type Run, type Suite } from "../harness/turns.ts";

const CONNECTIONS = [1, 100, 1000, 10_000];
const LIVE_EXPORTS = 1_000_000;
const DEPTH = 64;

export const scale: Suite = {
  name: "scale",
  about:
    "Calls a second, 64 under way at any time, with 1 to 10,000 connections of as many clients: on one " +
    "connection while the others are idle, and spread over all of them; the memory of the server (heap " +
    "and external, after a collection) for each connection with its vat's tables; and calls on one " +
    "connection that 1,000,000 references are exported on.",
  estimateMs: (run) => (run.quick ? 5000 : 60_000 + 10 * run.rounds * run.ms),
  async run(run) {
    const samples = new Samples("scale");
    for (const pair of await openPairs(run, "rpc", ["handfast"])) {
      pair.pin(run.pins[0] ?? "none");
      try {
        await manyConnections(run, pair, samples);
        await manyExports(run, pair, samples);
      } catch (error) {
        run.failed(`${pair.peer}, scale`, error);
      } finally {
        pair.close();
      }
    }
    return samples.rows();
  },
};

async function manyConnections(run: Run, pair: Pair, samples: Samples): Promise<void> {
  await callsOn(pair, run, 0); // warms up
  const aloneBytes = await heldBytes(pair.server);
  let open = 1;
  for (const connections of run.quick ? CONNECTIONS.slice(0, 2) : CONNECTIONS) {
    run.progress(`scale: ${connections} connections`);
    if (connections > open) {
      await pair.client.say(`more count=${connections - open} ${pair.address}`);
      open = connections;
      const bytes = (await heldBytes(pair.server)) - aloneBytes;
      samples.add(`connections=${connections}`, pair.peer, "bytes", bytes / (connections - 1));
    }
    for (let round = 0; round < run.rounds; round += 1) {
      const [one, all] = [await callsOn(pair, run, 0), await callsOn(pair, run, 1)];
      samples.add(`connections=${connections},active=1`, pair.peer, "calls/s", one);
      samples.add(`connections=${connections},active=all`, pair.peer, "calls/s", all);
    }
  }
}

/** On a connection of its own, alone: the others are closed. */
async function manyExports(run: Run, pair: Pair, samples: Samples): Promise<void> {
  await pair.connect();
  await callsOn(pair, run, 0); // warms up
  const count = run.quick ? LIVE_EXPORTS / 100 : LIVE_EXPORTS;
  run.progress(`scale: ${count} exports`);
  const measure = async (exports: number) => {
    for (let round = 0; round < run.rounds; round += 1) {
      samples.add(`exports=${exports}`, pair.peer, "calls/s", await callsOn(pair, run, 0));
    }
  };
  await measure(0);
  await pair.client.ask("hold", { count });
  await measure(count);
}

async function callsOn({ client }: Pair, { ms }: Run, spread: 0 | 1): Promise<number> {
  const report = await client.ask("calls", { depth: DEPTH, payload: 0, spread, ms });
  return (report?.["calls"] ?? Number.NaN) / (report?.["seconds"] ?? Number.NaN);
}
