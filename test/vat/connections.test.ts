import { type AddressInfo, createServer, type Server } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Logger, memoryRoads, type Peer, type Road, RpcError } from "handfast";
import { type RoadEvents } from "../../src/net/index.ts";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, pair, TestCounter, until } from "./support.ts";

const silent = () => {};
const SILENT: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** A plain server that never says a word. */
async function silentServer(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => {
    onTestFinished(() => void socket.destroy());
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** A road whose last bytes wait for the system to take them. */
class FullRoad implements Road {
  readonly peer = memoryRoads()[0].peer;
  readonly bufferedBytes = 1;
  isOpen = true;
  #events: RoadEvents | undefined;

  start(events: RoadEvents): void {
    this.#events = events;
  }

  write(): boolean {
    return false;
  }

  readonly end = (): void => {};

  destroy(): void {
    this.isOpen = false;
    this.#events?.closed(undefined);
  }

  /** What was written has left; the peer has yet to say goodbye. */
  leave(): void {
    this.#events?.left?.();
  }
}

describe("a vat", () => {
  it("mints one root for each connection, with the peer's proven key", async () => {
    const peers: Peer[] = [];
    const bootstrap = (peer: Peer) => {
      peers.push(peer);
      return new TestCounter();
    };
    const server = await openVat({ admit: "anyone", bootstrap });
    const { address } = await server.listen(LOOPBACK);
    const clients = [await openVat(), await openVat()];
    for (const client of clients) {
      const connection = client.connect(address);
      await connection.bootstrap(Counter).add({ amount: 1 });
      expect((await connection.bootstrap(Counter).add({ amount: 1 })).total).toBe(2);
    }
    expect(peers.map(({ id }) => id)).toEqual(clients.map(({ identity }) => identity.id));
    expect(peers[0]?.address).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it("admits only on `true`", async () => {
    for (const answer of [false, undefined, 1, "yes"]) {
      const { root } = await pair({ admit: () => answer as boolean });
      await expect(root.add({ amount: 1 })).rejects.toMatchObject({
        kind: "disconnected",
        executed: "no",
        cause: { code: "NOT_ADMITTED" },
      });
    }
  });

  it("does not meet peers of another network", async () => {
    const { address } = await pair();
    const stranger = await openVat({ network: "elsewhere.test" });
    const connection = stranger.connect(address);
    await expect(connection.ready).rejects.toMatchObject({ code: "HANDSHAKE_CUT" });
    expect(await connection.closed).toMatchObject({ code: "HANDSHAKE_CUT" });
  });

  it("does not take another key for the one it dialled", async () => {
    const { address } = await pair();
    const { identity } = await openVat();
    const client = await openVat();
    const elsewhere = address.replace(/ed25519:[^@]+/, identity.id);
    await expect(client.connect(elsewhere).ready).rejects.toMatchObject({ code: "NOT_ADMITTED" });
  });

  it("will not listen before it is told whom to admit", async () => {
    const vat = await openVat({ bootstrap: () => new TestCounter() });
    await expect(vat.listen(LOOPBACK)).rejects.toMatchObject({ code: "ADMIT_MISSING" });
  });

  it("says when a port is in use", async () => {
    const { port } = await silentServer();
    const vat = await openVat({ admit: "anyone" });
    const listening = vat.listen(`tcp://127.0.0.1:${port}`);
    await expect(listening).rejects.toMatchObject({ code: "PORT_IN_USE" });
  });

  it("offers nothing without a bootstrap", async () => {
    const { root } = await pair({ bootstrap: undefined });
    await expect(root.add({ amount: 1 })).rejects.toMatchObject({ kind: "unimplemented" });
  });

  it("tells the peer what its bootstrap throws only when that was meant for it", async () => {
    const refusing = await pair({
      bootstrap: () => {
        throw RpcError.failed("the desk is closed");
      },
    });
    await expect(refusing.root.add({ amount: 1 })).rejects.toThrow("the desk is closed");
    for (const bootstrap of [
      () => Promise.reject(new Error("a secret")),
      () => {
        throw new Error("a secret");
      },
    ]) {
      const broken = await pair({ logger: SILENT, bootstrap });
      const failure = await broken.root.add({ amount: 1 }).then(null, String);
      expect(failure).toContain("internal error");
      expect(failure).not.toContain("a secret");
    }
  });

  it("serves whom it dialled, as it serves who dials it", async () => {
    const server = await openVat({ admit: "anyone", bootstrap: () => new TestCounter() });
    const { address } = await server.listen(LOOPBACK);
    const client = await openVat({ bootstrap: () => new TestCounter(50) });
    await client.connect(address).ready;
    const { id } = client.identity;
    await until(() => server.peers.some((peer) => peer.id === id));
    const back = server.connect(id).bootstrap(Counter);
    expect((await back.add({ amount: 1 })).total).toBe(51);
  });

  it("knows a peer by its id alone only while it is connected", async () => {
    const [vat, other] = [await openVat(), await openVat()];
    const connection = vat.connect(other.identity.id);
    await expect(connection.ready).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });

  it("is over when it is closed", async () => {
    const vat = await openVat({ admit: "anyone" });
    await vat.close();
    await expect(vat.listen(LOOPBACK)).rejects.toMatchObject({ code: "CLOSED" });
  });
});

describe("a connection", () => {
  it("is shared by all who connect to the peer", async () => {
    let admitted = 0;
    const { client, address } = await pair({ admit: () => ++admitted > 0 });
    const handles = [client.connect(address), client.connect(address)];
    await Promise.all(handles.map(({ ready }) => ready));
    await client.connect(address).ready;
    expect(admitted).toBe(1);
  });

  it("says goodbye with its last handle and its last reference", async () => {
    const { address } = await pair();
    const client = await openVat();
    const connection = client.connect(address);
    const root = connection.bootstrap(Counter);
    await root.add({ amount: 1 });
    await connection.close();
    expect((await root.add({ amount: 1 })).total).toBe(2); // the reference holds it
    root[Symbol.dispose]();
    expect(await connection.closed).toBeUndefined();
  });

  it("is the dialler's to end: a server that held it too lets go of no client", async () => {
    const { root, server, client, address } = await pair();
    const connection = client.connect(address);
    await root.add({ amount: 1 });
    root[Symbol.dispose]();
    await until(() => server.inspect()[0]?.exports.length === 0);
    const back = server.connect(client.identity.id);
    await back.ready;
    await back.close();
    expect((await connection.bootstrap(Counter).add({ amount: 1 })).total).toBe(2);
  });

  it.each([
    ["has left", false],
    ["has left, and its last handle is gone already", true],
  ])("is gone when what was said last %s", async (_, letGo) => {
    const vat = await openVat();
    const road = new FullRoad();
    const connection = vat.join(road);
    await connection.ready;
    if (letGo) void connection.close();
    let closed = false;
    const closing = vat.close().then(() => (closed = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(false);
    road.leave();
    await closing;
  });

  it("does not wait for what does not leave, and does not cut it off", async () => {
    const vat = await openVat({ limits: { net: { lingerMs: 20 } } });
    const road = new FullRoad();
    vat.join(road);
    await vat.close();
    expect(road.isOpen).toBe(true);
  });

  it("can be given up while it is being dialled", async () => {
    const { port } = await silentServer();
    const vat = await openVat();
    const controller = new AbortController();
    const address = `capnp://${(await openVat()).identity.id}@127.0.0.1:${port}?suite=box-stream`;
    const connection = vat.connect(address, { signal: controller.signal });
    const call = connection.bootstrap(Counter).add({ amount: 1 });
    controller.abort();
    await expect(call).rejects.toMatchObject({ kind: "disconnected", executed: "no" });
    await expect(connection.ready).rejects.toMatchObject({ code: "CLOSED" });
  });

  it("fails what was under way when the peer is gone, and says whether it may have run", async () => {
    const { root, log, server } = await pair();
    const call = root.hold();
    await until(() => log.includes("held"));
    await Promise.all([
      server.close(),
      expect(call).rejects.toMatchObject({ kind: "disconnected", executed: "maybe" }),
    ]);
    await expect(root.add({ amount: 1 })).rejects.toMatchObject({ executed: "no" });
  });

  it("fails what was under way when its road is cut", async () => {
    const log: string[] = [];
    const server = await openVat({ anonymousBootstrap: () => new TestCounter(0, log) });
    const client = await openVat();
    const [near, far] = memoryRoads();
    server.join(far);
    const call = client.join(near).bootstrap(Counter).hold();
    await until(() => log.includes("held"));
    near.destroy();
    await expect(call).rejects.toMatchObject({ kind: "disconnected", executed: "maybe" });
    expect(client.peers).toEqual([]);
  });

  it("refuses an address that does not parse, and shows where", async () => {
    const vat = await openVat();
    let failure: unknown;
    try {
      vat.connect("capnp://ed25519:short@host:1");
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code: "ADDRESS_INVALID", at: { column: 9 } });
  });
});

describe("two vats that dial each other at once", () => {
  it("end up with one connection between them", async () => {
    for (let round = 0; round < 10; round += 1) {
      const options = { admit: "anyone", bootstrap: () => new TestCounter() } as const;
      const [left, right] = [await openVat(options), await openVat(options)];
      const [atLeft, atRight] = [await left.listen(LOOPBACK), await right.listen(LOOPBACK)];
      const toRight = left.connect(atRight.address);
      const toLeft = right.connect(atLeft.address);
      await Promise.all([toRight.ready, toLeft.ready]);
      const totals = await Promise.all([
        toRight.bootstrap(Counter).add({ amount: 1 }),
        toLeft.bootstrap(Counter).add({ amount: 1 }),
      ]);
      expect(totals.map(({ total }) => total)).toEqual([1, 1]);
      expect([left.peers.length, right.peers.length]).toEqual([1, 1]);
    }
  });
});
