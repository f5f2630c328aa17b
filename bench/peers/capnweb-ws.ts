import { once } from "node:events";
import { type AddressInfo } from "node:net";
import { newWebSocketRpcSession, RpcTarget } from "capnweb";
import { WebSocket, WebSocketServer } from "ws";
import { HOST } from "./address.ts";
import { type RpcClient, type RpcPeer } from "./rpc-peer.ts";

Object.assign(globalThis, { WebSocket }); // it asks for its constants, and Node 20 has none

/** Cap'n Web over a WebSocket that is not encrypted. */
export const capnwebWs: RpcPeer = {
  async serve() {
    const server = new WebSocketServer({ host: HOST, port: 0, perMessageDeflate: false });
    server.on("connection", (socket) => {
      newWebSocketRpcSession(socket, new BenchTarget());
    });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // it listens on TCP
    return { port, rest: "" };
  },
  async connect({ port }) {
    const socket = new WebSocket(`ws://${HOST}:${port}`, { perMessageDeflate: false });
    await once(socket, "open");
    return new CapnwebClient(newWebSocketRpcSession<BenchStub>(socket));
  },
};

class BenchTarget extends RpcTarget {
  echo(payload: Uint8Array) {
    return { payload };
  }

  fail(): never {
    throw new Error("on purpose");
  }

  next() {
    return new BenchTarget();
  }

  take(_payload: Uint8Array) {
    return null;
  }

  give(bytes: number) {
    return { payload: new Uint8Array(bytes) };
  }

  pass(_other: BenchStub) {
    return null;
  }

  async callBack(other: BenchStub) {
    await other.echo(new Uint8Array(0));
    return null;
  }
}

/** What the other side of a `BenchTarget` looks like. */
interface BenchStub extends Disposable {
  echo(payload: Uint8Array): PromiseLike<{ readonly payload: Uint8Array }>;
  fail(): PromiseLike<unknown>;
  next(): BenchStub & PromiseLike<BenchStub>;
  take(payload: Uint8Array): PromiseLike<unknown>;
  give(bytes: number): PromiseLike<{ readonly payload: Uint8Array }>;
  pass(other: BenchTarget): PromiseLike<unknown>;
  callBack(other: BenchTarget): PromiseLike<unknown>;
}

class CapnwebClient implements RpcClient {
  readonly #root: BenchStub;
  readonly #ours = new BenchTarget();

  constructor(root: BenchStub) {
    this.#root = root;
  }

  echo(payload: Uint8Array) {
    return this.#root.echo(payload);
  }

  fail() {
    return this.#root.fail();
  }

  async chain(links: number, pipelined: boolean) {
    const held: BenchStub[] = [];
    let last = this.#root;
    for (let link = 1; link < links; link += 1) {
      const next = last.next();
      last = pipelined ? next : await next;
      held.push(last);
    }
    await last.echo(new Uint8Array(0));
    for (const stub of held) stub[Symbol.dispose]();
  }

  take(payload: Uint8Array) {
    return this.#root.take(payload);
  }

  give(bytes: number) {
    return this.#root.give(bytes);
  }

  pass() {
    return this.#root.pass(this.#ours);
  }

  callBack() {
    return this.#root.callBack(this.#ours);
  }

  async getAndRelease() {
    const next = await this.#root.next();
    next[Symbol.dispose]();
  }

  close() {
    this.#root[Symbol.dispose]();
  }
}
