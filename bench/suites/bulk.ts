import { megabytesPerSecond } from "../harness/rate.ts";
import { type Case, type Suite, takeTurns, turnsMs } from "../harness/turns.ts";
import { ALL_RPC_PEERS } from "../peers/registry.ts";

const SIZES = [65_536, 1_048_576];
const WAYS = [
  ["in", "take"],
  ["out", "give"],
  ["stream", "stream"],
] as const;

/** Beside the calls: what the roads below them carry in writes of the same size. */
const ROADS = ["handfast", "raw-tcp"];

export const bulk: Suite = {
  name: "bulk",
  about:
    "Data of 64 KiB and 1 MiB as parameters (`in`) and as results (`out`), 2 MiB under way at any " +
    "time, and streamed with flow control. `road` is the same without calls, for comparison.",
  estimateMs: (run) =>
    turnsMs(run, ALL_RPC_PEERS, { all: run.quick ? 3 : 6, alsoOnOneCore: 0 }) +
    turnsMs(run, ROADS, { all: run.quick ? 1 : 2, alsoOnOneCore: 0 }),
  async run(run) {
    const sizes = run.quick ? SIZES.slice(0, 1) : SIZES;
    const turns = { suite: "bulk", kind: "rpc", peers: ALL_RPC_PEERS } as const;
    const cases = sizes.flatMap((size) =>
      WAYS.map(([way, verb]) => bulkCase(way, verb, size, run.ms)),
    );
    const roads = sizes.map((size) => bulkCase("road", "stream", size, run.ms));
    return [
      ...(await takeTurns(run, { ...turns, cases })),
      ...(await takeTurns(run, { ...turns, kind: "channel", peers: ROADS, cases: roads })),
    ];
  },
};

const bulkCase = (way: string, verb: string, bytes: number, ms: number): Case => ({
  name: `${way},size=${bytes}`,
  async measure({ client }, note) {
    megabytesPerSecond(note, await client.ask(verb, { bytes, ms }));
  },
});
