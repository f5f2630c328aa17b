import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { ByteQueue } from "../../../src/base/index.ts";
import {
  ClientHandshake,
  type Ephemeral,
  generateEphemeral,
  generateSeed,
  KeyPair,
  type Sealer,
  type Session,
} from "../../../src/shs/index.ts";
import { type PeerAddress } from "../../../src/net/index.ts";
import { NETWORK, type TestServer } from "../../net/support/listening.ts";
import { withResolvers } from "../../net/support/road.ts";

/** Of what is heard, for a look at it in the end. */
const KEPT_BYTES = 4096;

/** A bare TCP connection that says whatever a test wants. */
export class RawClient {
  readonly socket: Socket;
  /** Settles when the other side has hung up, with the first of what it said. */
  readonly hungUp: Promise<Buffer>;
  readonly #received = new ByteQueue();
  #waiting: { readonly bytes: number; readonly done: (bytes: Uint8Array) => void } | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    const { promise, resolve } = withResolvers<Buffer>();
    this.hungUp = promise;
    let all = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      if (all.length < KEPT_BYTES) all = Buffer.concat([all, chunk.subarray(0, KEPT_BYTES)]);
      this.#received.push(chunk);
      this.#serve();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#received.clear();
      resolve(all);
    });
    onTestFinished(() => {
      socket.destroy();
    });
  }

  static async to(server: TestServer, localAddress = "127.0.0.1"): Promise<RawClient> {
    const socket = connect({ host: "127.0.0.1", port: server.port, localAddress });
    const client = new RawClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  say(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** The next so many bytes from the other side. */
  hear(bytes: number): Promise<Uint8Array> {
    const { promise, resolve } = withResolvers<Uint8Array>();
    this.#waiting = { bytes, done: resolve };
    this.#serve();
    return promise;
  }

  #serve(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || this.#received.length < waiting.bytes) return;
    this.#waiting = undefined;
    waiting.done(this.#received.take(waiting.bytes));
  }
}

/** The client's machine against this server, with a key and an ephemeral of its own. */
export function machineFor(
  server: TestServer,
  options: {
    readonly keyPair?: KeyPair;
    readonly serverKey?: Uint8Array;
    readonly network?: Uint8Array;
    readonly ephemeral?: Ephemeral;
  } = {},
): ClientHandshake {
  return new ClientHandshake({
    keyPair: KeyPair.fromSeed(generateSeed()),
    serverKey: server.keyPair.publicKey,
    network: NETWORK,
    suite: server.address.suite,
    ephemeral: generateEphemeral(),
    ...options,
  });
}

/** A client with a good key that completes the handshake and then does as it likes. */
export async function intruder(
  server: TestServer,
  machine = machineFor(server),
): Promise<{ readonly raw: RawClient; readonly session: Session }> {
  const raw = await RawClient.to(server);
  raw.say(machine.m1);
  const m3 = machine.receive(await raw.hear(64));
  if (m3.is !== "send") throw new Error("no M3");
  raw.say(m3.bytes);
  const established = machine.receive(await raw.hear(80));
  if (established.is !== "established") throw new Error("not established");
  return { raw, session: established.session };
}

/** The two steps of a client up to M3, without sending it. */
export async function upToM3(raw: RawClient, machine: ClientHandshake): Promise<Uint8Array> {
  raw.say(machine.m1);
  const m3 = machine.receive(await raw.hear(64));
  if (m3.is !== "send") throw new Error("no M3");
  return m3.bytes;
}

export function seal(sealer: Sealer, ...writes: readonly (string | Uint8Array)[]): Uint8Array {
  const queue = new ByteQueue();
  for (const write of writes) queue.push(typeof write === "string" ? Buffer.from(write) : write);
  return Buffer.concat(sealer.seal(queue));
}

/** A server that plays its own game with whoever dials it. */
export async function rogueServer(
  play: (raw: RawClient) => void | Promise<void>,
): Promise<{ readonly address: PeerAddress; close(): void }> {
  const { id } = KeyPair.fromSeed(generateSeed());
  const server = createServer((socket) => {
    void play(new RawClient(socket));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: { id, host: "127.0.0.1", port, suite: "aead64k" },
    close: () => void server.close(),
  };
}
