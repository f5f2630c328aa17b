import { describe, expect, it } from "vitest";
import { type Peer } from "handfast";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, pair, TestCounter, until } from "./support.ts";

describe("a peer that leaves", () => {
  it("can say why, in its own words", async () => {
    const { server, client, address } = await pair();
    const connection = client.connect(address);
    await connection.bootstrap(Counter).add({ amount: 1 });
    expect(connection.closeReason).toBeUndefined();
    await server.close({ code: 1001, text: "gone for lunch" });
    expect(await connection.closed).toBeUndefined();
    expect(connection.closeReason).toEqual({ code: 1001, text: "gone for lunch" });
  });

  it("need not say why", async () => {
    const { server, client, address } = await pair();
    const connection = client.connect(address);
    await connection.ready;
    await server.close();
    await connection.closed;
    expect(connection.closeReason).toBeUndefined();
  });

  it("says nothing in a suite that has no words for it", async () => {
    const server = await openVat({ admit: "anyone", bootstrap: () => new TestCounter() });
    const { address } = await server.listen(LOOPBACK, { suites: ["box-stream"] });
    const connection = (await openVat()).connect(address);
    await connection.ready;
    await server.close({ code: 1, text: "not to be heard" });
    expect(await connection.closed).toBeUndefined();
    expect(connection.closeReason).toBeUndefined();
  });
});

describe("a connection", () => {
  it.each([undefined, true] as const)(
    "has a binding that both ends know, and no other connection has; early data: %s",
    async (earlyData) => {
      const seen: Peer[] = [];
      const bootstrap = (peer: Peer) => {
        seen.push(peer);
        return new TestCounter();
      };
      const server = await openVat({ admit: "anyone", bootstrap });
      const { address } = await server.listen(LOOPBACK);
      const ours: (Uint8Array | undefined)[] = [];
      for (const client of [await openVat(), await openVat()]) {
        const connection = client.connect(address, { earlyData });
        await connection.bootstrap(Counter).add({ amount: 1 });
        ours.push((await connection.ready).channelBinding);
      }
      expect(ours.map((binding) => binding?.length)).toEqual([32, 32]);
      expect(seen.map(({ channelBinding }) => channelBinding)).toEqual(ours);
      expect(ours[0]).not.toEqual(ours[1]);
    },
  );
});

describe("a door", () => {
  it("closes when its signal aborts, and who is inside stays", async () => {
    const controller = new AbortController();
    const server = await openVat({ admit: "anyone", bootstrap: () => new TestCounter() });
    const { address } = await server.listen(LOOPBACK, { signal: controller.signal });
    const root = (await openVat()).connect(address).bootstrap(Counter);
    await root.add({ amount: 1 });
    controller.abort();
    const late = (await openVat()).connect(address);
    await expect(late.ready).rejects.toMatchObject({ code: "CONNECTION_REFUSED" });
    expect((await root.add({ amount: 1 })).total).toBe(2);
  });

  it("is not opened once its signal has aborted", async () => {
    const server = await openVat({ admit: "anyone" });
    const signal = AbortSignal.abort();
    await expect(server.listen(LOOPBACK, { signal })).rejects.toMatchObject({ code: "CLOSED" });
  });

  it("turns away this machine's clients too where they are not exempt", async () => {
    const limits = { net: { badHandshakes: 1 } };
    const server = await openVat({ admit: "anyone", limits });
    const { address } = await server.listen(LOOPBACK, { exempt: () => false });
    const stranger = (await openVat({ network: "elsewhere.test" })).connect(address);
    await expect(stranger.ready).rejects.toMatchObject({ code: "HANDSHAKE_CUT" });
    const honest = (await openVat()).connect(address);
    await expect(honest.ready).rejects.toMatchObject({ code: "HANDSHAKE_CUT" });
    const lenient = await server.listen(LOOPBACK);
    const again = (await openVat({ network: "elsewhere.test" })).connect(lenient.address);
    await expect(again.ready).rejects.toMatchObject({ code: "HANDSHAKE_CUT" });
    await (await openVat()).connect(lenient.address).ready;
  });
});

describe("an observer that throws", () => {
  it("is counted in the vat's figures, every time", async () => {
    const observer = {
      start: () => {
        throw new Error("a start that fails");
      },
      end: () => {},
    };
    const silent = () => {};
    const logger = { debug: silent, info: silent, warn: silent, error: silent };
    const { root, server } = await pair({ observers: [observer], logger });
    expect(server.stats().observerFailures).toBe(0);
    await root.add({ amount: 1 });
    await root.add({ amount: 1 });
    await until(() => server.stats().observerFailures >= 2);
    expect(server.stats().observerFailures).toBe(2);
  });
});
