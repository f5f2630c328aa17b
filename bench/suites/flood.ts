/**
 * What an honest client keeps while strangers flood the door: half-open connections and garbage
 * from other addresses of 127/8, against a listener of ours and against a bare echo server, one
 * after the other in one run. Each server, the flood and the honest client have their own process.
 *
 *     node --import tsx bench/suites/flood.ts [--seconds 20] [--half-open 5000] [--garbage 1000]
 */
import { type ChildProcess, fork } from "node:child_process";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { dial, listen, parsePeerAddress, printPeerAddress } from "../../src/net/index.ts";
import { generateSeed, KeyPair, networkIdentifier, ready } from "../../src/shs/index.ts";

type Kind = "handfast" | "bare";

interface Order {
  readonly role: "server" | "client" | "flood";
  readonly kind: Kind;
  readonly address: string;
  readonly seconds: number;
  readonly halfOpen: number;
  readonly garbage: number;
}

const PROBE = Buffer.alloc(64);
const NETWORK = () => networkIdentifier("bench");

const portOf = (address: string) =>
  address.startsWith("capnp:") ? parsePeerAddress(address).port : Number(address);

/** Echoes; resolves with its address. */
async function serve(kind: Kind): Promise<string> {
  if (kind === "bare") {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return String((server.address() as AddressInfo).port);
  }
  const door = await listen({
    address: { host: "127.0.0.1", port: 0 },
    keyPair: KeyPair.fromSeed(generateSeed()),
    network: NETWORK(),
    suites: ["aead64k"],
    admit: () => true,
    accepted: (socket) => {
      socket.start({
        data: (bytes) => socket.write(bytes),
        ended: () => {},
        drain: () => {},
        closed: () => {},
      });
    },
  });
  return door.peerAddresses().map(printPeerAddress)[0] ?? "";
}

/** Round trips a second over one connection that is there before the flood. */
async function measure({ kind, address, seconds }: Order): Promise<number> {
  let answered: () => void = () => {};
  let send: () => void;
  if (kind === "bare") {
    const socket = connect({ port: Number(address), host: "127.0.0.1", noDelay: true });
    socket.on("data", () => {
      answered();
    });
    send = () => socket.write(PROBE);
  } else {
    const keyPair = KeyPair.fromSeed(generateSeed());
    const options = { address: parsePeerAddress(address), keyPair, network: NETWORK() };
    const socket = await dial(options);
    socket.start({ data: () => answered(), ended: () => {}, drain: () => {}, closed: () => {} });
    send = () => socket.write(PROBE);
  }
  let count = 0;
  const endMs = performance.now() + seconds * 1000;
  while (performance.now() < endMs) {
    await new Promise<void>((resolve) => {
      answered = resolve;
      send();
    });
    count += 1;
  }
  return count / seconds;
}

/** Keeps so many connections half open, and sends so much garbage a second. */
function flood({ address, seconds, halfOpen, garbage }: Order): Promise<number> {
  const port = portOf(address);
  let opened = 0;
  const dialFrom = (index: number): Socket => {
    const localAddress = `127.0.${1 + (index % 100)}.${1 + (index % 250)}`;
    const socket = connect({ port, host: "127.0.0.1", localAddress });
    socket.on("error", () => {});
    opened += 1;
    return socket;
  };
  const silent = new Set<Socket>();
  const timer = setInterval(() => {
    for (let missing = Math.min(halfOpen - silent.size, 100); missing > 0; missing -= 1) {
      const socket = dialFrom(opened);
      silent.add(socket);
      socket.on("close", () => silent.delete(socket));
    }
    for (let count = 0; count < garbage / 20; count += 1) {
      const socket = dialFrom(opened);
      socket.on("connect", () => socket.end(Buffer.alloc(100, "x")));
    }
  }, 50);
  return new Promise((resolve) => {
    setTimeout(() => {
      clearInterval(timer);
      resolve(opened);
    }, seconds * 1000);
  });
}

async function obey(order: Order): Promise<number | string> {
  await ready();
  switch (order.role) {
    case "server":
      return await serve(order.kind);
    case "client":
      return await measure(order);
    case "flood":
      return await flood(order);
    default:
      return order.role satisfies never;
  }
}

function start(): ChildProcess {
  return fork(fileURLToPath(import.meta.url), ["worker"], {
    execArgv: ["--conditions=@handfast/source", "--import", "tsx"],
  });
}

function ask(child: ChildProcess, order: Order): Promise<unknown> {
  return new Promise((resolve) => {
    child.once("message", resolve);
    child.send(order);
  });
}

async function compare(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "20" },
      "half-open": { type: "string", default: "5000" },
      garbage: { type: "string", default: "1000" },
    },
  });
  const load = { halfOpen: Number(values["half-open"]), garbage: Number(values.garbage) };
  const seconds = Number(values.seconds);
  const kept: Partial<Record<Kind, number>> = {};
  for (const kind of ["bare", "handfast"] as const) {
    const [server, client, flooder] = [start(), start(), start()];
    const order = (role: Order["role"], address: string, duration: number): Order => ({
      role,
      kind,
      address,
      seconds: duration,
      ...load,
    });
    const address = String(await ask(server, order("server", "", 0)));
    const calm = Number(await ask(client, order("client", address, Math.min(seconds, 3))));
    const flooding = ask(flooder, order("flood", address, seconds));
    const flooded = Number(await ask(client, order("client", address, seconds)));
    const opened = Number(await flooding);
    kept[kind] = flooded / calm;
    console.log(
      `${kind.padEnd(9)} ${Math.round(calm)}/s calm, ${Math.round(flooded)}/s under ${opened} connections`,
    );
    for (const child of [server, client, flooder]) child.kill();
  }
  const ratio = (kept.handfast ?? 0) / (kept.bare ?? 1);
  console.log(`handfast keeps ${ratio.toFixed(2)} × what the bare server keeps`);
}

if (process.argv[2] === "worker") {
  process.on("message", (order: Order) => {
    void obey(order).then((answer) => process.send?.(answer));
  });
} else {
  await compare();
}
