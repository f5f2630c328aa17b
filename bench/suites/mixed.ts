import { perSecond } from "../harness/rate.ts";
import { type Suite, takeTurns, turnsMs } from "../harness/turns.ts";
import { ALL_RPC_PEERS } from "../peers/registry.ts";

export const mixed: Suite = {
  name: "mixed",
  about:
    "Sixteen callers at once, each with a mixture: of twenty calls sixteen echo 32 B, two 16 KiB, one " +
    "is a pipeline of three (three calls one after the other where there are no pipelines), one fails.",
  estimateMs: (run) => turnsMs(run, ALL_RPC_PEERS, { all: 1, alsoOnOneCore: 1 }),
  run: (run) =>
    takeTurns(run, {
      suite: "mixed",
      kind: "rpc",
      peers: ALL_RPC_PEERS,
      cases: [
        {
          name: "callers=16",
          alsoOnOneCore: true,
          async measure({ client }, note) {
            perSecond(note, await client.ask("mixed", { ms: run.ms }));
          },
        },
      ],
    }),
};
