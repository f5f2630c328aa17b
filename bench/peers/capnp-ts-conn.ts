import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import * as capnp from "capnp-ts";
import { HOST } from "./address.ts";
import { BenchInterface, type BenchClient, BenchServer } from "./capnp-ts-bench.ts";
import { type RpcClient, type RpcPeer } from "./rpc-peer.ts";

/** The RPC of capnp-ts itself, over plain TCP. */
export const capnpTsConn: RpcPeer = {
  async serve() {
    const server = createServer({ noDelay: true }, (socket) => {
      new capnp.Conn(new SocketTransport(socket), { main: new BenchServer(OBJECT) });
    });
    server.listen(0, HOST);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // it listens on TCP
    return { port, rest: "" };
  },
  async connect({ port }) {
    const socket = connect({ port, host: HOST, noDelay: true });
    await once(socket, "connect");
    const connection = new capnp.Conn(new SocketTransport(socket));
    return new ConnClient(connection, connection.bootstrap(BenchInterface));
  },
};

const OBJECT: ConstructorParameters<typeof BenchServer>[0] = {
  echo(params, results) {
    results.payload = params.payload;
  },
  fail() {
    throw new Error("on purpose");
  },
  next(_params, results) {
    results.setNext(new BenchServer(OBJECT));
  },
  take() {
    // it was read, and that is all
  },
  give(params, results) {
    results.payload = new Uint8Array(params.bytes);
  },
};

class ConnClient implements RpcClient {
  readonly #connection: capnp.Conn;
  readonly #root: BenchClient;

  constructor(connection: capnp.Conn, root: BenchClient) {
    this.#connection = connection;
    this.#root = root;
  }

  echo(payload: Uint8Array) {
    return this.#root.echo(payload);
  }

  fail() {
    return this.#root.fail();
  }

  async chain(links: number, pipelined: boolean) {
    const held: BenchClient[] = [];
    let last = this.#root;
    for (let link = 1; link < links; link += 1) {
      const call = last.next();
      last = pipelined ? call.getNext() : (await call).getNext();
      held.push(last);
    }
    await last.echo(new Uint8Array(0));
    for (const client of held) client.dispose();
  }

  take(payload: Uint8Array) {
    return this.#root.take(payload);
  }

  give(bytes: number) {
    return this.#root.give(bytes);
  }

  async getAndRelease() {
    const results = await this.#root.next();
    results.getNext().dispose();
  }

  close() {
    this.#connection.close();
  }
}

/** The stream framing of Cap'n Proto, which this implementation leaves to its transports. */
class SocketTransport implements capnp.Transport {
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {}); // `close` follows
  }

  close(): void {
    this.#socket.destroy();
  }

  onClose(closed: (error?: Error) => void): void {
    this.#socket.on("close", () => closed());
  }

  onMessage(take: (message: Uint8Array) => void): void {
    this.#socket.on("data", (chunk) => {
      let rest: Buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
      for (let size = frameBytes(rest); size <= rest.length; size = frameBytes(rest)) {
        take(rest.subarray(0, size));
        rest = rest.subarray(size);
      }
      this.#rest = rest;
    });
  }

  send(message: Uint8Array): void {
    this.#socket.write(message);
  }
}

/** Of the message at the beginning; infinite as long as its head is incomplete. */
function frameBytes(bytes: Buffer): number {
  if (bytes.length < 8) return Infinity;
  const segments = bytes.readUInt32LE(0) + 1;
  const headBytes = 8 * (1 + (segments >> 1));
  if (bytes.length < headBytes) return Infinity;
  let words = 0;
  for (let segment = 0; segment < segments; segment += 1) {
    words += bytes.readUInt32LE(4 + 4 * segment);
  }
  return headBytes + 8 * words;
}
