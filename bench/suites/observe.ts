import { perSecond } from "../harness/rate.ts";
import { type Case, type Suite, takeTurns, turnsMs } from "../harness/turns.ts";
import { OBSERVED_PEERS } from "../peers/registry.ts";

const DEPTHS = [1, 64];
const PEERS = ["handfast", ...OBSERVED_PEERS];

export const observe: Suite = {
  name: "observe",
  about:
    "What it costs a server to look: `handfast` has everything off, each of the others one thing on. " +
    "`context` reads in every call who calls, with what authority, under which request id and what " +
    "the call has cost, and sums the costs of each object's calls up; `access-log` writes a line of " +
    "JSON for each to the null device.",
  estimateMs: (run) => turnsMs(run, PEERS, { all: DEPTHS.length, alsoOnOneCore: 0 }),
  run: (run) =>
    takeTurns(run, {
      suite: "observe",
      kind: "rpc",
      peers: PEERS,
      cases: DEPTHS.map((depth) => callsAt(depth, run.ms)),
    }),
};

const callsAt = (depth: number, ms: number): Case => ({
  name: `depth=${depth},payload=0`,
  async measure({ client }, note) {
    perSecond(note, await client.ask("calls", { depth, payload: 0, ms }));
  },
});
