import { heldBytes } from "../harness/memory.ts";
import { type Kind, nodeProgram, type Pair } from "../harness/pair.ts";
import { Program } from "../harness/program.ts";
import { Samples } from "../harness/samples.ts";
import { openPairs, type Run, type Suite } from "../harness/turns.ts";

const CONNECTIONS = 10_000;

/** No process may have more open files than its limit, so the clients share them. */
const CLIENTS = 5;

/** Connections for one order: an answer must not take long. */
const AT_A_TIME = 20;

export const idle: Suite = {
  name: "idle",
  about:
    "What 10,000 idle connections cost the process that listens: heap and external memory for each, " +
    "after a collection. `road` is the connection alone, where `raw-tcp` is the cost of the socket " +
    "below it; `vat` has a bootstrap capability and the tables of a vat on top.",
  estimateMs: (run) => (run.quick ? 5000 : 60_000),
  async run(run) {
    const samples = new Samples("idle");
    await measureAll(run, samples, "road", "channel", ["raw-tcp", "handfast"]);
    await measureAll(run, samples, "vat", "rpc", ["handfast"]);
    return samples.rows();
  },
};

async function measureAll(
  run: Run,
  samples: Samples,
  name: string,
  kind: Kind,
  peers: readonly string[],
): Promise<void> {
  const count = run.quick ? CONNECTIONS / 100 : CONNECTIONS;
  for (const pair of await openPairs(run, kind, peers)) {
    run.progress(`idle: ${count} connections of ${pair.peer}, ${name}`);
    const programs = Array.from({ length: CLIENTS }, () => {
      return new Program(nodeProgram(`${kind}-worker`, pair.peer, "drive"));
    });
    try {
      samples.add(name, pair.peer, "bytes", await bytesOfEach(pair, programs, count));
    } catch (error) {
      run.failed(`${pair.peer}, idle`, error);
    } finally {
      for (const program of programs) program.kill();
      pair.close();
    }
  }
}

/** The first of each client warm the server up. */
async function bytesOfEach(
  { server, address }: Pair,
  programs: readonly Program[],
  count: number,
): Promise<number> {
  const each = count / programs.length;
  const more = (program: Program) => program.say(`more count=${AT_A_TIME} ${address}`);
  await Promise.all(programs.map((program) => program.say(`connect ${address}`)));
  await Promise.all(programs.map(more));
  const before = await heldBytes(server);
  for (let made = 0; made < each; made += AT_A_TIME) await Promise.all(programs.map(more));
  return ((await heldBytes(server)) - before) / count;
}
