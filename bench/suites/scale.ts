import { heldBytes } from "../harness/memory.ts";
import { type Pair } from "../harness/pair.ts";
import { Samples } from "../harness/samples.ts";
import { openPairs, type Run, type Suite } from "../harness/turns.ts";

/** Beside one alone. */
const CONNECTIONS = [100, 1000, 10_000];
const LIVE_EXPORTS = 1_000_000;
const DEPTH = 64;

export const scale: Suite = {
  name: "scale",
  about:
    "Calls a second, 64 under way at any time, with 1 to 10,000 connections of as many clients: on one " +
    "connection while the others are idle, and spread over all of them; the memory of the server (heap " +
    "and external, after a collection) for each connection with its vat's tables; and calls on one " +
    "connection that 1,000,000 references are exported on.",
  estimateMs: (run) => (run.quick ? 5000 : 60_000 + 11 * run.rounds * run.ms),
  async run(run) {
    const samples = new Samples("scale");
    const [[loaded], [alone]] = [await openOne(run), await openOne(run)];
    if (loaded === undefined || alone === undefined) return [];
    try {
      for (const pair of [loaded, alone]) {
        pair.pin(run.pins[0] ?? "none");
        await callsOn(pair, run, 0); // warms up
      }
      await manyConnections(run, loaded, alone, samples);
      await manyExports(run, loaded, alone, samples);
    } catch (error) {
      run.failed(`${loaded.peer}, scale`, error);
    } finally {
      loaded.close();
      alone.close();
    }
    return samples.rows();
  },
};

async function openOne(run: Run): Promise<readonly Pair[]> {
  return [...(await openPairs(run, "rpc", ["handfast"]))];
}

/** What one connection alone can do is measured in turns with each, by a pair of its own. */
async function manyConnections(run: Run, pair: Pair, alone: Pair, samples: Samples): Promise<void> {
  const aloneBytes = await heldBytes(pair.server);
  let open = 1;
  for (const connections of run.quick ? CONNECTIONS.slice(0, 1) : CONNECTIONS) {
    run.progress(`scale: ${connections} connections`);
    await pair.client.say(`more count=${connections - open} ${pair.address}`);
    open = connections;
    const bytes = (await heldBytes(pair.server)) - aloneBytes;
    samples.add(`connections=${connections}`, pair.peer, "bytes", bytes / (connections - 1));
    const add = async (name: string, of: Pair, spread: 0 | 1) => {
      samples.add(name, of.peer, "calls/s", await callsOn(of, run, spread));
    };
    for (let round = 0; round < run.rounds; round += 1) {
      await add("connections=1,active=1", alone, 0);
      await add(`connections=${connections},active=1`, pair, 0);
      await add(`connections=${connections},active=all`, pair, 1);
    }
  }
}

/** On one connection, the others of the pair being closed; in turns with a pair that has none. */
async function manyExports(run: Run, pair: Pair, alone: Pair, samples: Samples): Promise<void> {
  await pair.connect();
  const count = run.quick ? LIVE_EXPORTS / 100 : LIVE_EXPORTS;
  run.progress(`scale: ${count} exports`);
  await pair.client.ask("hold", { count });
  await callsOn(pair, run, 0); // warms up
  for (let round = 0; round < run.rounds; round += 1) {
    samples.add("exports=0", alone.peer, "calls/s", await callsOn(alone, run, 0));
    samples.add(`exports=${count}`, pair.peer, "calls/s", await callsOn(pair, run, 0));
  }
}

async function callsOn({ client }: Pair, { ms }: Run, spread: 0 | 1): Promise<number> {
  const report = await client.ask("calls", { depth: DEPTH, payload: 0, spread, ms });
  return (report?.["calls"] ?? Number.NaN) / (report?.["seconds"] ?? Number.NaN);
}
