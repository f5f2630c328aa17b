/** One side of one peer that carries bytes: `channel-worker PEER serve|drive`. */
import { type Address, parseAddress, printAddress } from "../peers/address.ts";
import { type Channel, type ChannelPeer } from "../peers/channel-peer.ts";
import { CHANNEL_PEERS } from "../peers/registry.ts";
import { Deadline, Times, cpuSeconds, memory } from "./meter.ts";
import { type Answer, say, takeOrders, word, type Words } from "./orders.ts";

/** What the first byte on a connection asks of the server: count what follows, or send it back. */
const COUNT = 1;
const ECHO = 2;

/** The last byte of the last write; the others are zeros. */
const END = 0xff;

/** Handshakes under way at any time. */
const DIALLERS = 4;

const PING = new Uint8Array(64);

const [name = "", role] = process.argv.slice(2);

async function main(): Promise<void> {
  let peer: ChannelPeer;
  try {
    const load = CHANNEL_PEERS[name];
    if (load === undefined) throw new Error(`no peer ${name}`);
    peer = await load();
  } catch (error) {
    say(`missing ${String(error).split("\n")[0] ?? ""}`);
    return;
  }
  if (role === "serve") say(`listening ${printAddress(await peer.listen(serve))}`);
  let address: Address | undefined;
  const idle: Channel[] = [];
  takeOrders(async (verb, words, rest) => {
    if (verb === "cpu") return { seconds: cpuSeconds() };
    if (verb === "memory") return await memory();
    if (verb === "connect") {
      address = parseAddress(rest);
      return {};
    }
    if (address === undefined) throw new Error("not connected");
    if (verb === "more") {
      for (let left = word(words, "count"); left > 0; left -= 1) {
        idle.push(await peer.dial(address));
      }
      return {};
    }
    return await obey(peer, address, verb, words);
  });
}

async function obey(
  peer: ChannelPeer,
  address: Address,
  verb: string,
  words: Words,
): Promise<Answer | undefined> {
  switch (verb) {
    case "handshakes":
      return await handshakes(peer, address, word(words, "ms"));
    case "handshakeLatency":
      return await handshakeLatency(peer, address, word(words, "ms"));
    case "stream":
      return await stream(await peer.dial(address), word(words, "bytes"), word(words, "ms"));
    case "ping":
      return await ping(await peer.dial(address), word(words, "ms"));
    default:
      return undefined;
  }
}

function serve(channel: Channel): void {
  let mode: number | undefined;
  let seen = 0;
  channel.onData((bytes) => {
    let rest = bytes;
    if (mode === undefined) {
      mode = bytes[0];
      rest = bytes.subarray(1);
      if (rest.length === 0) return;
    }
    if (mode === ECHO) {
      channel.write(Uint8Array.from(rest));
      return;
    }
    seen += rest.length;
    if (rest[rest.length - 1] !== END) return;
    const answer = Buffer.alloc(8);
    answer.writeBigUInt64BE(BigInt(seen));
    channel.write(answer);
  });
}

async function handshakes(peer: ChannelPeer, address: Address, ms: number): Promise<Answer> {
  const deadline = new Deadline(ms);
  let count = 0;
  const dialler = async () => {
    do {
      (await peer.dial(address)).close();
      count += 1;
    } while (deadline.isOpen());
  };
  await Promise.all(Array.from({ length: DIALLERS }, dialler));
  return { count, seconds: deadline.seconds };
}

async function handshakeLatency(peer: ChannelPeer, address: Address, ms: number): Promise<Answer> {
  const deadline = new Deadline(ms);
  const times = new Times();
  do {
    const startMs = performance.now();
    const channel = await peer.dial(address);
    times.addSince(startMs);
    channel.close();
  } while (deadline.isOpen());
  return times.percentiles();
}

/** Writes as fast as the road takes it, until the server has counted the last byte. */
async function stream(channel: Channel, writeBytes: number, ms: number): Promise<Answer> {
  const data = new Uint8Array(writeBytes);
  const last = new Uint8Array(writeBytes);
  last[writeBytes - 1] = END;
  channel.write(Uint8Array.of(COUNT));
  const counted = new Promise<number>((resolve) => {
    let answer = Buffer.alloc(0);
    channel.onData((bytes) => {
      answer = Buffer.concat([answer, bytes]);
      if (answer.length >= 8) resolve(Number(answer.readBigUInt64BE()));
    });
  });
  cpuSeconds();
  const deadline = new Deadline(ms);
  let sent = writeBytes; // the last
  await new Promise<void>((resolve) => {
    const pump = () => {
      // In turns of the event loop, as a program would write.
      for (let count = 0; count < 64; count += 1) {
        if (!deadline.isOpen()) {
          resolve();
          return;
        }
        sent += writeBytes;
        if (!channel.write(data)) {
          channel.onceDrained(pump);
          return;
        }
      }
      setImmediate(pump);
    };
    pump();
  });
  channel.write(last);
  const bytes = await counted;
  if (bytes !== sent) throw new Error(`${bytes} of ${sent} bytes have arrived`);
  const [seconds, cpu, wire] = [deadline.seconds, cpuSeconds(), channel.wireBytes()];
  channel.close();
  return { bytes, seconds, cpu, ...(wire === undefined ? {} : { wire }) };
}

async function ping(channel: Channel, ms: number): Promise<Answer> {
  let answered: () => void = () => {};
  let missing = 0;
  channel.onData((bytes) => {
    missing -= bytes.length;
    if (missing === 0) answered();
  });
  channel.write(Uint8Array.of(ECHO));
  const deadline = new Deadline(ms);
  const times = new Times();
  do {
    const startMs = performance.now();
    await new Promise<void>((resolve) => {
      answered = resolve;
      missing = PING.length;
      channel.write(PING);
    });
    times.addSince(startMs);
  } while (deadline.isOpen());
  channel.close();
  return { ...times.percentiles(), count: times.count, seconds: deadline.seconds };
}

await main();
