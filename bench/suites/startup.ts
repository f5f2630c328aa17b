import { nodeProgram, type Pair } from "../harness/pair.ts";
import { Program } from "../harness/program.ts";
import { Samples } from "../harness/samples.ts";
import { openPairs, type Suite } from "../harness/turns.ts";
import { RPC_PEERS } from "../peers/registry.ts";

export const startup: Suite = {
  name: "startup",
  about:
    "A new process imports the library, connects to a server that is already up and gets its first " +
    "answer: counted from the import (`import`) and from the start of the process, Node's own included " +
    "(`process`).",
  estimateMs: (run) => Object.keys(RPC_PEERS).length * (run.rounds + 1) * 700,
  async run(run) {
    const samples = new Samples("startup");
    const pairs = await openPairs(run, "rpc", Object.keys(RPC_PEERS));
    for (let round = 0; round < run.rounds; round += 1) {
      run.progress(`startup: round ${round + 1} of ${run.rounds}`);
      for (const pair of pairs) {
        try {
          await firstAnswer(pair, samples);
        } catch (error) {
          run.failed(`${pair.peer}, startup`, error);
          pairs.delete(pair);
          pair.close();
        }
      }
    }
    for (const pair of pairs) pair.close();
    return samples.rows();
  },
};

async function firstAnswer({ peer, address }: Pair, samples: Samples): Promise<void> {
  const startMs = performance.now();
  const program = new Program(nodeProgram("first-answer", peer, address));
  const { ms = Number.NaN } = JSON.parse(await program.line()) as { readonly ms?: number };
  samples.add("process", peer, "ms", performance.now() - startMs);
  samples.add("import", peer, "ms", ms);
  program.kill();
}
