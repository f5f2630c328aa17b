import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ready, type ShsErrorCode } from "../../src/shs/index.ts";
import { dialIdle, dialServer, TestServer } from "./support/listening.ts";
import { DEAF, withResolvers } from "./support/road.ts";

beforeAll(ready);

/** A TCP relay in front of the server whose two sockets a test can misuse. */
async function relayTo(server: TestServer) {
  const { promise, resolve } = withResolvers<{ near: Socket; far: Socket }>();
  const relay = createServer((near) => {
    const far = connect({ host: "127.0.0.1", port: server.port });
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on("error", () => {});
    onTestFinished(() => {
      near.destroy();
      far.destroy();
    });
    resolve({ near, far });
  });
  await new Promise<void>((listening) => relay.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    relay.close();
  });
  const { port } = relay.address() as AddressInfo;
  return { address: { ...server.address, port }, sockets: promise };
}

describe("a road", () => {
  it("carries bytes both ways and says goodbye both ways", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server);
    const remote = await server.accept();
    client.send("ping");
    expect((await remote.until(4)).toString()).toBe("ping");
    remote.send("pong");
    expect((await client.until(4)).toString()).toBe("pong");
    client.socket.end();
    expect(await remote.ended).toBe("goodbye");
    remote.send("still here"); // each direction ends for itself
    expect((await client.until(14)).toString()).toBe("pongstill here");
    remote.socket.end();
    expect(await client.ended).toBe("goodbye");
    expect(await client.closed).toBeUndefined();
    expect(await remote.closed).toBeUndefined();
  });

  it("knows both ends by the same binding", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server);
    const remote = await server.accept();
    expect(client.socket.peer.channelBinding).toEqual(remote.socket.peer.channelBinding);
    expect(client.socket.peer.id).toBe(server.keyPair.id);
    expect(remote.socket.peer.address).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it("sends what one turn wrote in one flush, in few records", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server);
    const remote = await server.accept();
    for (let index = 0; index < 1000; index += 1) client.send("x");
    await remote.until(1000);
    expect(client.socket.counters.flushes).toBe(1);
    expect(client.socket.counters.sentBytes).toBe(1000);
    expect(client.socket.counters.wireSentBytes).toBe(1034);
    expect(remote.socket.counters.receivedBytes).toBe(1000);
    expect(remote.socket.counters.wireReceivedBytes).toBe(1034);
  });

  it("keeps what came before the driver was there", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server);
    client.send("early bird");
    client.socket.flush();
    const remote = await server.accept();
    expect((await remote.until(10)).toString()).toBe("early bird");
  });

  it("delivers nothing while it is paused, and all of it after", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server);
    const socket = await server.acceptIdle();
    let paused = false;
    let [seen, pauses, seenWhilePaused] = [0, 0, 0];
    const { promise, resolve } = withResolvers<undefined>();
    socket.start({
      ...DEAF,
      data(bytes) {
        if (paused) seenWhilePaused += bytes.length;
        seen += bytes.length;
        if (seen === 1_000_000) resolve(undefined);
        paused = true;
        pauses += 1;
        socket.pause();
        setImmediate(() => {
          paused = false;
          socket.resume();
        });
      },
    });
    client.send(Buffer.alloc(1_000_000));
    await promise;
    expect(seenWhilePaused).toBe(0);
    expect(pauses).toBeGreaterThan(2);
  });

  it("says when the peer is slower than we are, and when to go on", async () => {
    const server = await TestServer.open();
    const client = await dialIdle(server, { limits: { highWaterBytes: 64 * 1024 } });
    const remote = await server.acceptIdle(); // reads nothing yet
    const chunk = Buffer.alloc(64 * 1024);
    const { promise: drained, resolve: drain } = withResolvers<undefined>();
    client.start({
      ...DEAF,
      drain: () => {
        drain(undefined);
      },
    });
    let sent = 0;
    while (client.write(chunk) || sent < 8_000_000) {
      sent += chunk.length;
      if (sent > 64_000_000) throw new Error("never told to stop");
    }
    expect(client.bufferedBytes).toBeGreaterThan(64 * 1024);
    let received = 0;
    remote.start({
      ...DEAF,
      data(bytes) {
        received += bytes.length;
      },
    });
    await drained;
    expect(client.bufferedBytes).toBeLessThan(64 * 1024);
    expect(received).toBeGreaterThan(0);
  });

  it("calls a FIN without a goodbye TRUNCATED", async () => {
    const server = await TestServer.open();
    const { address, sockets } = await relayTo(server);
    const client = await dialServer(server, { address });
    const remote = await server.accept();
    client.send("half");
    await remote.until(4);
    (await sockets).far.unpipe();
    (await sockets).far.end();
    expect(await remote.closed).toMatchObject({ code: "TRUNCATED", blame: "network" });
  });

  it("calls a reset RESET, with what the system said", async () => {
    const server = await TestServer.open();
    const { address, sockets } = await relayTo(server);
    await dialServer(server, { address });
    const remote = await server.accept();
    (await sockets).far.resetAndDestroy();
    expect(await remote.closed).toMatchObject({ code: "RESET", cause: { code: "ECONNRESET" } });
  });

  it("is cut at the first forged record, and hands up nothing of it", async () => {
    const server = await TestServer.open();
    const { address, sockets } = await relayTo(server);
    await dialServer(server, { address });
    const remote = await server.accept();
    (await sockets).far.write(Buffer.alloc(100, 1));
    const forged: ShsErrorCode = "RECORD_FORGED";
    expect(await remote.closed).toMatchObject({ code: forged });
    expect(remote.received).toHaveLength(0);
  });

  it("cut by us tells us our own error and the peer TRUNCATED", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server);
    const remote = await server.accept();
    const reason = new Error("enough");
    client.socket.destroy(reason);
    client.socket.destroy(new Error("again"));
    expect(await client.closed).toBe(reason);
    expect(await remote.closed).toMatchObject({ code: "TRUNCATED" });
  });

  it("aborts the peer's signal when it is gone, asked before or after", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server);
    const remote = await server.accept();
    const { signal } = remote.socket.peer;
    expect(signal.aborted).toBe(false);
    client.socket.destroy();
    await Promise.all([client.closed, remote.closed]);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: "TRUNCATED" });
    expect(client.socket.peer.signal.aborted).toBe(true);
  });

  it("does not wait for ever for the peer's goodbye", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server, { limits: { lingerMs: 20 } });
    const remote = await server.accept();
    client.socket.end();
    await remote.ended;
    expect(await client.closed).toMatchObject({ code: "TRUNCATED" });
  });

  it("refuses to write after its own end", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server);
    client.socket.end();
    expect(() => {
      client.send("more");
    }).toThrow(expect.objectContaining({ code: "CLOSED" }));
  });

  it("survives a driver that throws", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server);
    const socket = await server.acceptIdle();
    const fault = new Error("a bug above");
    const { promise: closed, resolve: close } = withResolvers<Error | undefined>();
    socket.start({
      ...DEAF,
      data() {
        throw fault;
      },
      closed: close,
    });
    client.send("x");
    expect(await closed).toBe(fault);
  });
});
