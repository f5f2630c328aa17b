import { type Case, type Suite, takeTurns, turnsMs } from "../harness/turns.ts";
import { ALL_CHANNEL_PEERS } from "../peers/registry.ts";

export const handshake: Suite = {
  name: "handshake",
  about:
    "From dialling to proven peers at both ends: how many a second with four under way at any time, " +
    "and how long one takes alone.",
  estimateMs: (run) => turnsMs(run, ALL_CHANNEL_PEERS, { all: 2, alsoOnOneCore: 1 }),
  run: (run) =>
    takeTurns(run, {
      suite: "handshake",
      kind: "channel",
      peers: ALL_CHANNEL_PEERS,
      cases: [handshakesPerSecond(run.ms), alone(run.ms)],
    }),
};

export const handshakesPerSecond = (ms: number): Case => ({
  name: "dialling=4",
  alsoOnOneCore: true,
  async measure({ client }, note) {
    const { count = 0, seconds = Number.NaN } = (await client.ask("handshakes", { ms })) ?? {};
    note("handshakes/s", count / seconds);
  },
});

const alone = (ms: number): Case => ({
  name: "dialling=1",
  async measure({ client }, note) {
    const report = await client.ask("handshakeLatency", { ms });
    note("p50 µs", report?.["p50"] ?? 0);
    note("p99 µs", report?.["p99"] ?? 0);
  },
});
