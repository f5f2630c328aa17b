import { type Command } from "commander";
import { dial, parsePeerAddress, realClock } from "../../net/index.ts";
import { type Suite } from "../../shs/index.ts";
import { Identity, Vat } from "../../vat/index.ts";
import { milliseconds, percentile, rounded } from "../figures.ts";
import { defaultKeyPath } from "../key-path.ts";
import { networkOf } from "../network-option.ts";
import { peerWord } from "../place-words.ts";
import { Probe } from "../probe.capnp.ts";
import { measureThroughput } from "../probe.ts";
import { QuietRoad } from "../quiet-road.ts";
import { type Result, type Terminal } from "../terminal.ts";
import { timeoutOption, wholeNumber } from "../whole-number.ts";

interface PingOptions {
  readonly key: string;
  readonly network?: string;
  readonly timeout: number;
  readonly count: number;
  readonly throughput?: number;
}

export function addPing(program: Command, terminal: Terminal): void {
  program
    .command("ping")
    .summary("see whether a peer is there and knows us, and how fast it answers")
    .description(
      "Dials ADDRESS and proves both keys; prints who answered, how long that took, and round " +
        "trips of pings between records, which only suite aead64k has. " +
        "ADDRESS is capnp://ed25519:KEY@HOST:PORT, capnp+unix://ed25519:KEY@/PATH or " +
        "net:HOST:PORT~shs:KEY.",
    )
    .argument("<ADDRESS>", "whom to dial", peerWord)
    .option("--key <FILE>", "our key", defaultKeyPath(process.env))
    .option("--network <NAME>", "its network: a name, or 64 hexadecimal digits")
    .addOption(timeoutOption())
    .option("--count <N>", "round trips to measure", wholeNumber("--count", 0, 10_000), 10)
    .option(
      "--throughput <SECONDS>",
      "then write for so long to a peer that runs `handfast serve-probe`",
      wholeNumber("--throughput", 1, 60),
    )
    .action(async (address: string, options: PingOptions) => {
      terminal.result(await pinged(address, options));
      const { throughput } = options;
      if (throughput !== undefined) {
        terminal.result(await probed(address, options, throughput));
      }
    });
}

async function pinged(text: string, options: PingOptions): Promise<Result> {
  const address = parsePeerAddress(text);
  const network = networkOf(options.network, text);
  const keyPair = Identity.keyPairOf(await Identity.load(options.key));
  const { timeout: timeoutMs, count } = options;
  const limits = { connectMs: timeoutMs, handshakeMs: timeoutMs };
  const socket = await dial({ address, keyPair, network, limits });
  const { peer, suite } = socket;
  const { connectMs = 0, handshakeMs = 0 } = socket.origin ?? {};
  const road = new QuietRoad(socket);
  const tripsMs = await roundTrips(road, count, timeoutMs);
  await road.leave();
  const tookMs = connectMs + handshakeMs;
  return {
    text:
      `${peer.id} at ${peer.address} answered in ${milliseconds(tookMs)} (${suite})\n` +
      `connect ${milliseconds(connectMs)}, handshake ${milliseconds(handshakeMs)}` +
      textOf(tripsMs, suite),
    json: {
      id: peer.id,
      address: peer.address,
      suite,
      tookMs: rounded(tookMs),
      connectMs: rounded(connectMs),
      handshakeMs: rounded(handshakeMs),
      roundTrips: summaryOf(tripsMs),
    },
  };
}

/** Between two pings: half as many a second as a peer bears (`limits.net.maxPingsPerSecond`). */
const GAP_MS = 20;

/** Of each trip, in milliseconds; `undefined` where the suite has no pings. */
async function roundTrips(
  road: QuietRoad,
  count: number,
  timeoutMs: number,
): Promise<readonly number[] | undefined> {
  const tripsMs: number[] = [];
  while (tripsMs.length < count) {
    if (tripsMs.length > 0) await new Promise<void>((on) => realClock.after(GAP_MS, on));
    const tripMs = await road.roundTrip(timeoutMs);
    if (tripMs === undefined) return undefined;
    tripsMs.push(tripMs);
  }
  return tripsMs;
}

function summaryOf(tripsMs: readonly number[] | undefined) {
  if (tripsMs === undefined || tripsMs.length === 0) return null;
  const [p50Ms, p99Ms] = [percentile(tripsMs, 0.5), percentile(tripsMs, 0.99)].map(rounded);
  return { count: tripsMs.length, p50Ms, p99Ms };
}

function textOf(tripsMs: readonly number[] | undefined, suite: Suite | undefined): string {
  if (tripsMs === undefined) return `\nround trips: not measured, ${suite} has no ping`;
  const summary = summaryOf(tripsMs);
  if (summary === null) return "";
  const { count, p50Ms, p99Ms } = summary;
  return `\n${count} round trips: p50 ${p50Ms} ms, p99 ${p99Ms} ms`;
}

/** On a connection of its own, since this one is of calls. */
async function probed(address: string, options: PingOptions, seconds: number): Promise<Result> {
  const network = networkOf(options.network, address);
  const identity = await Identity.load(options.key);
  await using vat = await Vat.open({ identity, network });
  const connection = vat.connect(address);
  using probe = connection.bootstrap(Probe);
  const { bytes, tookMs } = await measureThroughput(probe, seconds * 1000);
  const megabytesPerSecond = rounded(bytes / 1000 / tookMs);
  return {
    text: `throughput ${megabytesPerSecond} MB/s: ${bytes} bytes written in ${milliseconds(tookMs)}`,
    json: { throughput: { bytes, tookMs: rounded(tookMs), megabytesPerSecond } },
  };
}
