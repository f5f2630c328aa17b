import { ALL_RPC_PEERS } from "../peers/registry.ts";
import { type Case, type Suite, takeTurns, turnsMs } from "../harness/turns.ts";
import { perSecond } from "../harness/rate.ts";

const DEPTHS = [1, 64, 1024];
const PAYLOADS = [0, 100, 4096];

export const calls: Suite = {
  name: "calls",
  about:
    "Echoes of 0 B, 100 B and 4 KiB through one connection, with 1, 64 and 1,024 calls under way at " +
    "any time. At depth 1 also how long a call takes.",
  estimateMs: (run) => turnsMs(run, ALL_RPC_PEERS, { all: 9, alsoOnOneCore: 3 }),
  run: (run) =>
    takeTurns(run, { suite: "calls", kind: "rpc", peers: ALL_RPC_PEERS, cases: casesOf(run.ms) }),
};

const casesOf = (ms: number): readonly Case[] =>
  DEPTHS.flatMap((depth) =>
    PAYLOADS.map((payload) => ({
      name: `depth=${depth},payload=${payload}`,
      alsoOnOneCore: payload === 0,
      async measure({ client }, note) {
        const words = { payload, ms };
        if (depth > 1) {
          perSecond(note, await client.ask("calls", { depth, ...words }));
          return;
        }
        const report = await client.ask("latency", words);
        if (report === undefined) return;
        perSecond(note, report);
        note("p50 µs", report["p50"] ?? 0);
        note("p99 µs", report["p99"] ?? 0);
      },
    })),
  );
