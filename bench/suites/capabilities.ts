import { heldBytes } from "../harness/memory.ts";
import { perSecond } from "../harness/rate.ts";
import { openPairs, type Run, type Suite, takeTurns, turnsMs } from "../harness/turns.ts";
import { type Row, Samples } from "../harness/samples.ts";
import { ALL_RPC_PEERS } from "../peers/registry.ts";

const CALLS = [
  ["pass", "pass"],
  ["call back", "callBack"],
  ["get and release", "getAndRelease"],
] as const;

const HELD = 1_000_000;
const HELD_QUICKLY = 10_000;

export const capabilities: Suite = {
  name: "capabilities",
  about:
    "Calls that carry a reference, 64 under way at any time: `pass` one that the server forgets, have " +
    "the server `call back`, `get and release` a new one. Then the memory (heap and external, after a " +
    "collection) for each of 1,000,000 references at the end that exports them and at the one that " +
    "imports them; limits that are lower by default are raised for it.",
  estimateMs: (run) =>
    turnsMs(run, ALL_RPC_PEERS, { all: CALLS.length, alsoOnOneCore: 0 }) +
    (run.quick ? 3000 : 30_000),
  async run(run) {
    const rates = await takeTurns(run, {
      suite: "capabilities",
      kind: "rpc",
      peers: ALL_RPC_PEERS,
      cases: CALLS.map(([name, verb]) => ({
        name,
        async measure({ client }, note) {
          perSecond(note, await client.ask(verb, { ms: run.ms }));
        },
      })),
    });
    return [...rates, ...(await memoryOfReferences(run))];
  },
};

async function memoryOfReferences(run: Run): Promise<readonly Row[]> {
  const samples = new Samples("capabilities");
  const count = run.quick ? HELD_QUICKLY : HELD;
  for (const pair of await openPairs(run, "rpc", ["handfast"])) {
    run.progress(`capabilities: ${count} references`);
    try {
      const memory = async () =>
        [await heldBytes(pair.server), await heldBytes(pair.client)] as const;
      await pair.client.ask("hold", { count: 1000 }); // warms up
      const [exporter, importer] = await memory();
      await pair.client.ask("hold", { count });
      const [exporterAfter, importerAfter] = await memory();
      const name = `references=${count}`;
      samples.add(`export,${name}`, pair.peer, "bytes", (exporterAfter - exporter) / count);
      samples.add(`import,${name}`, pair.peer, "bytes", (importerAfter - importer) / count);
    } catch (error) {
      run.failed(`${pair.peer}, capabilities`, error);
    } finally {
      pair.close();
    }
  }
  return samples.rows();
}
