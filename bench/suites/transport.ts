import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Order, type Report } from "../peers/transport-worker.ts";

export interface Row {
  readonly suite: string;
  readonly case: string;
  readonly peer: string;
  readonly metric: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export interface TransportBenchOptions {
  readonly peers?: readonly string[] | undefined;
  readonly runs: number;
  /** Of each measurement. */
  readonly ms: number;
}

const PEERS = [
  "handfast",
  "handfast/box-stream",
  "handfast/compact",
  "raw-tcp",
  "node-mtls",
  "hyperswarm-secret-stream",
  "ssb-secret-handshake",
];

const WRITES = [
  { name: "256 B", bytes: 256 },
  { name: "4 KiB", bytes: 4096 },
  { name: "64 KiB", bytes: 65_536 },
  { name: "1 MiB", bytes: 1 << 20 },
];

/**
 * Handshakes, throughput, latency, CPU time and bytes on the wire, every peer in its own two
 * processes; the peers take turns within each run, so that what disturbs the machine disturbs all.
 */
export async function transport(options: TransportBenchOptions): Promise<readonly Row[]> {
  const { peers = PEERS, runs, ms } = options;
  const samples = new Map<
    string,
    { row: Omit<Row, "median" | "min" | "max" | "runs">; all: number[] }
  >();
  const note = (peer: string, name: string, metric: string, unit: string, value: number) => {
    const id = [peer, name, metric].join("|");
    const sample = samples.get(id) ?? {
      row: { suite: "transport", case: name, peer, metric, unit },
      all: [],
    };
    sample.all.push(value);
    samples.set(id, sample);
  };
  const pairs = await Promise.all(peers.map(Pair.open));
  try {
    for (let run = -1; run < runs; run += 1) {
      const record = run < 0 ? () => {} : note; // the first run warms up
      for (const pair of pairs) await measure(pair, ms, record);
    }
  } finally {
    for (const pair of pairs) pair.close();
  }
  return [...samples.values()].map(({ row, all }) => {
    const sorted = all.toSorted((left, right) => left - right);
    const [min = 0, max = 0] = [sorted[0], sorted.at(-1)];
    return { ...row, median: sorted[sorted.length >> 1] ?? 0, min, max, runs: sorted.length };
  });
}

type Note = (peer: string, name: string, metric: string, unit: string, value: number) => void;

async function measure(pair: Pair, ms: number, note: Note): Promise<void> {
  const { peer, address } = pair;
  const { perSecond = 0 } = await pair.client({ do: "handshakes", peer, address, ms });
  note(peer, "handshake", "rate", "1/s", perSecond);
  for (const { name, bytes: writeBytes } of WRITES) {
    await pair.server({ do: "cpu" });
    const sent = await pair.client({ do: "stream", peer, address, writeBytes, ms });
    const { cpuSeconds = 0 } = await pair.server({ do: "cpu" });
    const { bytes = 0, seconds = 1, wireBytes } = sent;
    note(peer, name, "throughput", "MB/s", bytes / seconds / 1e6);
    note(peer, name, "cpu", "s/GB", ((sent.cpuSeconds ?? 0) + cpuSeconds) / (bytes / 1e9));
    if (wireBytes !== undefined) note(peer, name, "overhead", "%", (wireBytes / bytes - 1) * 100);
  }
  const { medianUs = 0 } = await pair.client({ do: "ping", peer, address, rounds: 500 });
  note(peer, "ping", "latency", "us", medianUs);
}

/** The two processes of one peer. */
class Pair {
  readonly peer: string;
  readonly #processes: readonly [ChildProcess, ChildProcess];
  address = "";

  private constructor(peer: string) {
    this.peer = peer;
    this.#processes = [start(), start()];
  }

  static async open(peer: string): Promise<Pair> {
    const pair = new Pair(peer);
    pair.address = (await pair.server({ do: "listen", peer })).address ?? "";
    return pair;
  }

  server(order: Order): Promise<Report> {
    return ask(this.#processes[0], order);
  }

  client(order: Order): Promise<Report> {
    return ask(this.#processes[1], order);
  }

  close(): void {
    for (const child of this.#processes) child.kill();
  }
}

function start(): ChildProcess {
  const worker = fileURLToPath(new URL("../peers/transport-worker.ts", import.meta.url));
  return fork(worker, { execArgv: ["--conditions=@handfast/source", "--import", "tsx"] });
}

function ask(child: ChildProcess, order: Order): Promise<Report> {
  return new Promise((resolve, reject) => {
    const gone = () => {
      reject(new Error(`${order.do}: the process is gone`));
    };
    child.once("exit", gone);
    child.once("message", (answer: { readonly report?: Report; readonly error?: string }) => {
      child.off("exit", gone);
      if (answer.report === undefined) reject(new Error(answer.error));
      else resolve(answer.report);
    });
    child.send(order);
  });
}
