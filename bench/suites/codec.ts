import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Row, Samples } from "../harness/samples.ts";
import { type Run, type Suite } from "../harness/turns.ts";

const MICRO = fileURLToPath(new URL("../build/bench/micro", import.meta.url));
/** What is not a codec in the folder of codecs. */
const SHARED = new Set(["probe.js", "record.capnp.js", "subject.js"]);
const TIMEOUT_MS = 120_000;

export const codec: Suite = {
  name: "codec",
  about:
    "The byte layer alone, in one process each: whole RPC messages with their frames, the fields of " +
    "structs, lists of 1,000 structs and the same with 24 classes taking turns, nanoseconds each. " +
    "`cold` is the average of the first 200 in a new process, compiling included.",
  estimateMs: (run) => (run.quick ? 1 : Math.min(run.rounds, 3)) * 20_000,
  // eslint-disable-next-line @typescript-eslint/require-await -- as the other suites
  async run(run) {
    return measure(run);
  },
};

function measure(run: Run): readonly Row[] {
  const samples = new Samples("codec");
  const files = readdirSync(MICRO).filter((file) => file.endsWith(".js") && !SHARED.has(file));
  for (let round = 0; round < (run.quick ? 1 : Math.min(run.rounds, 3)); round += 1) {
    run.progress(`codec: round ${round + 1}`);
    for (const file of files) {
      const peer = file.replace(".js", "");
      if (run.only?.has(peer) === false) continue;
      try {
        const options = { encoding: "utf8", timeout: TIMEOUT_MS } as const;
        const lines = execFileSync(process.execPath, [`${MICRO}/${file}`], options).trim();
        for (const line of lines.split("\n")) {
          const { name, ns } = JSON.parse(line) as { readonly name: string; readonly ns: number };
          samples.add(name, peer, "ns", ns);
        }
      } catch (error) {
        run.failed(`${peer}, codec`, error);
      }
    }
  }
  return samples.rows();
}
