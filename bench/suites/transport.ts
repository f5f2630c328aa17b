import { megabytesPerSecond } from "../harness/rate.ts";
import { type Case, type Suite, takeTurns, turnsMs } from "../harness/turns.ts";
import { ALL_CHANNEL_PEERS } from "../peers/registry.ts";
import { handshakesPerSecond } from "./handshake.ts";

const WRITE_BYTES = [256, 4096, 65_536, 1_048_576];

export const transport: Suite = {
  name: "transport",
  about:
    "What a road carries: handshakes a second (four under way at any time), one-way throughput by " +
    "the size of a write, the CPU time of both processes and the bytes on the wire for it, and the " +
    "round trip of 64 bytes.",
  estimateMs: (run) => turnsMs(run, ALL_CHANNEL_PEERS, { all: 6, alsoOnOneCore: 2 }),
  run: (run) =>
    takeTurns(run, {
      suite: "transport",
      kind: "channel",
      peers: ALL_CHANNEL_PEERS,
      cases: [
        handshakesPerSecond(run.ms),
        ...WRITE_BYTES.map((bytes) => throughput(bytes, run.ms)),
        ping(run.ms),
      ],
    }),
};

const throughput = (writeBytes: number, ms: number): Case => ({
  name: `write=${writeBytes}`,
  async measure({ client, server }, note) {
    await server.ask("cpu");
    const report = await client.ask("stream", { bytes: writeBytes, ms });
    const servers = await server.ask("cpu");
    if (report === undefined) return;
    megabytesPerSecond(note, report);
    const { bytes = 0, cpu = 0, wire } = report;
    note("CPU s/GB", (cpu + (servers?.["seconds"] ?? 0)) / (bytes / 1e9));
    if (wire !== undefined) note("wire overhead %", (wire / bytes - 1) * 100);
  },
});

const ping = (ms: number): Case => ({
  name: "ping=64",
  alsoOnOneCore: true,
  async measure({ client }, note) {
    const report = await client.ask("ping", { ms });
    note("p50 µs", report?.["p50"] ?? 0);
    note("p99 µs", report?.["p99"] ?? 0);
  },
});
