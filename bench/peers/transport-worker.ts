/** One side of one peer, in a process of its own; told what to do by its parent. */
import { type Channel, type TransportPeer } from "./transport-peer.ts";

export type Order =
  | { readonly do: "listen"; readonly peer: string }
  | {
      readonly do: "handshakes";
      readonly peer: string;
      readonly address: string;
      readonly ms: number;
    }
  | {
      readonly do: "stream";
      readonly peer: string;
      readonly address: string;
      readonly writeBytes: number;
      readonly ms: number;
    }
  | {
      readonly do: "ping";
      readonly peer: string;
      readonly address: string;
      readonly rounds: number;
    }
  | { readonly do: "cpu" };

export interface Report {
  readonly address?: string;
  readonly perSecond?: number;
  readonly bytes?: number;
  readonly seconds?: number;
  readonly wireBytes?: number | undefined;
  readonly medianUs?: number;
  readonly cpuSeconds?: number;
}

const PEERS: Readonly<Record<string, () => Promise<TransportPeer>>> = {
  handfast: async () => (await import("./handfast.ts")).handfast("aead64k"),
  "handfast/box-stream": async () => (await import("./handfast.ts")).handfast("box-stream"),
  "handfast/compact": async () => (await import("./handfast.ts")).handfast("compact"),
  "raw-tcp": async () => (await import("./raw-tcp.ts")).rawTcp,
  "node-mtls": async () => (await import("./node-mtls.ts")).nodeMtls,
  "hyperswarm-secret-stream": async () =>
    (await import("./hyperswarm-secret-stream.ts")).hyperswarmSecretStream,
  "ssb-secret-handshake": async () =>
    (await import("./ssb-secret-handshake.ts")).ssbSecretHandshake,
};

/** What a server's first byte asks of it: count what follows, or send it back. */
const COUNT = 1;
const ECHO = 2;

async function load(name: string): Promise<TransportPeer> {
  const peer = PEERS[name];
  if (peer === undefined) throw new Error(`no peer ${name}`);
  return await peer();
}

function serve(channel: Channel): void {
  let mode: number | undefined;
  let [wanted, seen] = [Infinity, 0];
  let head = Buffer.alloc(0);
  channel.onData((bytes) => {
    let rest = bytes;
    if (mode === undefined) {
      head = Buffer.concat([head, bytes]);
      if (head.length < 9) return;
      mode = head[0];
      wanted = Number(head.readBigUInt64BE(1));
      rest = head.subarray(9);
    }
    if (mode === ECHO) {
      if (rest.length > 0) channel.write(Buffer.from(rest));
      return;
    }
    seen += rest.length;
    // The total is not known beforehand: an 0xff as the very last byte of a write says "report".
    if (rest.length > 0 && rest[rest.length - 1] === 0xff) {
      const answer = Buffer.alloc(8);
      answer.writeBigUInt64BE(BigInt(seen));
      channel.write(answer);
    }
    void wanted;
  });
}

function hello(mode: number): Buffer {
  const head = Buffer.alloc(9);
  head[0] = mode;
  return head;
}

async function handshakes(peer: TransportPeer, address: string, ms: number): Promise<Report> {
  const start = performance.now();
  let count = 0;
  const dialler = async () => {
    while (performance.now() - start < ms) {
      const channel = await peer.dial(address);
      channel.close();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: 4 }, dialler));
  return { perSecond: (count * 1000) / (performance.now() - start) };
}

async function stream(
  peer: TransportPeer,
  address: string,
  writeBytes: number,
  ms: number,
): Promise<Report> {
  const channel = await peer.dial(address);
  const last = Buffer.alloc(writeBytes);
  last[writeBytes - 1] = 0xff;
  const data = Buffer.alloc(writeBytes);
  channel.write(hello(COUNT));
  const done = new Promise<number>((resolve) => {
    let answer = Buffer.alloc(0);
    channel.onData((bytes) => {
      answer = Buffer.concat([answer, bytes]);
      if (answer.length >= 8) resolve(Number(answer.readBigUInt64BE()));
    });
  });
  const cpu = process.cpuUsage();
  const start = performance.now();
  await new Promise<void>((resolve) => {
    const pump = () => {
      // In turns of the event loop, as a program would write.
      for (let count = 0; count < 64; count += 1) {
        if (!channel.write(data)) {
          if (performance.now() - start >= ms) resolve();
          else channel.onceDrained(pump);
          return;
        }
      }
      if (performance.now() - start >= ms) resolve();
      else setImmediate(pump);
    };
    pump();
  });
  channel.write(last);
  const bytes = await done;
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const wireBytes = channel.wireBytes();
  channel.close();
  return { bytes, seconds, wireBytes, cpuSeconds: (user + system) / 1e6 };
}

async function ping(peer: TransportPeer, address: string, rounds: number): Promise<Report> {
  const channel = await peer.dial(address);
  let answered: () => void = () => {};
  channel.onData(() => {
    answered();
  });
  channel.write(hello(ECHO));
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await new Promise<void>((resolve) => {
      answered = resolve;
      channel.write(Buffer.alloc(64));
    });
    times.push((performance.now() - start) * 1000);
  }
  channel.close();
  times.sort((left, right) => left - right);
  return { medianUs: times[times.length >> 1] ?? 0 };
}

let cpuMark = process.cpuUsage();

async function obey(order: Order): Promise<Report> {
  switch (order.do) {
    case "listen":
      return { address: (await (await load(order.peer)).listen(serve)).address };
    case "handshakes":
      return await handshakes(await load(order.peer), order.address, order.ms);
    case "stream":
      return await stream(await load(order.peer), order.address, order.writeBytes, order.ms);
    case "ping":
      return await ping(await load(order.peer), order.address, order.rounds);
    case "cpu": {
      const { user, system } = process.cpuUsage(cpuMark);
      cpuMark = process.cpuUsage();
      return { cpuSeconds: (user + system) / 1e6 };
    }
    default:
      return order satisfies never;
  }
}

process.on("message", (order: Order) => {
  obey(order).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
