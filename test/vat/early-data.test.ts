import { describe, expect, it } from "vitest";
import { type ConnectOptions, type RpcError, type VatOptions } from "handfast";
import { type CallContext } from "handfast/capnp";
import { Counter, Watcher } from "../support/counter.capnp.ts";
import { countFlights } from "./flights.ts";
import { LOOPBACK, openVat, TestCounter, until } from "./support.ts";

const EARLY: ConnectOptions = { earlyData: true };

/** A counter behind a proxy that counts flights. */
async function served(options: Partial<VatOptions> = {}) {
  const log: string[] = [];
  const bootstrap = () => new TestCounter(0, log);
  const server = await openVat({ admit: "anyone", bootstrap, ...options });
  const { address } = await server.listen(LOOPBACK);
  return { log, server, flights: await countFlights(address) };
}

describe("early data", () => {
  it("brings the first answer two round trips after TCP connect", async () => {
    const { flights } = await served();
    const root = (await openVat()).connect(flights.address, EARLY).bootstrap(Counter);
    const { total } = await root.child({ start: 5 }).counter.add({ amount: 2 });
    expect(total).toBe(7);
    expect(flights.spoken.slice(0, 4)).toBe("><><"); // M1, M2, M3 and the calls, M4 and the answers
    expect(flights.spoken.length).toBeLessThanOrEqual(5); // Finish
  });

  it("is not sent unless asked for: the first answer takes three", async () => {
    const { flights } = await served();
    const root = (await openVat()).connect(flights.address).bootstrap(Counter);
    expect((await root.add({ amount: 2 })).total).toBe(2);
    expect(flights.spoken.slice(0, 6)).toBe("><><><");
  });

  it.each(["box-stream", "compact"] as const)("rides with M3 in %s, too", async (suite) => {
    const bootstrap = () => new TestCounter();
    const server = await openVat({ admit: "anyone", bootstrap });
    const { address } = await server.listen(LOOPBACK, { suites: [suite] });
    const flights = await countFlights(address);
    const root = (await openVat()).connect(flights.address, EARLY).bootstrap(Counter);
    expect((await root.add({ amount: 2 })).total).toBe(2);
    expect(flights.spoken.slice(0, 4)).toBe("><><");
  });

  it("keeps the order of calls made before, during and after the handshake", async () => {
    const { flights, log } = await served();
    const connection = (await openVat()).connect(flights.address, EARLY);
    const root = connection.bootstrap(Counter);
    const calls = [root.add({ amount: 1 })];
    await until(() => flights.spoken.length >= 3); // M3 is on its way
    calls.push(root.add({ amount: 2 }));
    await connection.ready;
    calls.push(root.add({ amount: 3 }));
    expect((await Promise.all(calls)).map(({ total }) => total)).toEqual([1, 3, 6]);
    expect(log).toEqual(["add 1", "add 2", "add 3"]);
  });

  it("holds credentials back until the server has proven its key, and all behind them", async () => {
    const { flights, log } = await served();
    const connection = (await openVat()).connect(flights.address, EARLY);
    const root = connection.bootstrap(Counter);
    const calls = [
      root.add({ amount: 1 }),
      root.unlock({ secret: "sesame" }),
      root.add({ amount: 2 }),
    ];
    await calls[0];
    expect(flights.spoken.slice(0, 4)).toBe("><><");
    await Promise.all(calls);
    expect(flights.spoken.length).toBeGreaterThanOrEqual(6); // a flight of their own
    expect(log).toEqual(["add 1", "unlock sesame", "add 2"]);
  });

  it("takes credentials along when the caller says so", async () => {
    const { flights } = await served();
    const options = { earlyData: true, earlyCredentials: true };
    const root = (await openVat()).connect(flights.address, options).bootstrap(Counter);
    await root.unlock({ secret: "sesame" });
    expect(flights.spoken.slice(0, 4)).toBe("><><");
    expect(flights.spoken.length).toBeLessThanOrEqual(5);
  });

  it("counts, and the server's calls to us tell the suite that they came by", async () => {
    const { server, flights } = await served();
    const client = await openVat();
    const root = client.connect(flights.address, EARLY).bootstrap(Counter);
    const suites: unknown[] = [];
    const changed = (_: unknown, call: CallContext) => {
      suites.push(call.transportMetadata.suite);
      return {};
    };
    await Promise.all([
      root.watch({ watcher: Watcher.serve({ changed }) }),
      root.add({ amount: 1 }),
    ]);
    await until(() => suites.length > 0);
    expect(suites).toEqual(["aead64k"]);
    await until(() => server.stats().total.bytesIn === client.stats().total.bytesOut);
  });

  it("is not run by a server that does not admit us, and we cannot know that", async () => {
    const limits = { net: { admitMs: 20 } };
    const { flights, log } = await served({ admit: () => false, limits });
    const connection = (await openVat()).connect(flights.address, EARLY);
    const root = connection.bootstrap(Counter);
    const sent = root.add({ amount: 1 });
    const held = root.unlock({ secret: "sesame" });
    await expect(sent).rejects.toMatchObject({ kind: "disconnected", executed: "maybe" });
    await expect(held).rejects.toMatchObject({ kind: "disconnected", executed: "no" });
    await expect(connection.ready).rejects.toMatchObject({ code: "NOT_ADMITTED" });
    expect(log).toEqual([]);
  });

  it("that never left was not executed", async () => {
    const { flights } = await served();
    flights.mute();
    const controller = new AbortController();
    const options = { ...EARLY, signal: controller.signal };
    const connection = (await openVat()).connect(flights.address, options);
    const call = connection.bootstrap(Counter).add({ amount: 1 });
    await until(() => flights.spoken === ">");
    flights.cut();
    await expect(call).rejects.toMatchObject({ kind: "disconnected", executed: "no" });
  });

  it("shows nobody as a peer who has not proven its key", async () => {
    const { flights } = await served({ admit: () => new Promise(() => {}) });
    const client = await openVat();
    const connection = client.connect(flights.address, EARLY);
    const call = connection.bootstrap(Counter).add({ amount: 1 });
    await until(() => flights.spoken.length >= 3);
    expect([client.peers, client.inspect()]).toEqual([[], []]);
    flights.cut();
    await expect(call).rejects.toMatchObject({ executed: "maybe" });
  });

  it("that was sent on a dial that loses to the peer's own may have run", async () => {
    for (let round = 0; round < 10; round += 1) {
      const options = { admit: "anyone", bootstrap: () => new TestCounter() } as const;
      const [left, right] = [await openVat(options), await openVat(options)];
      const [atLeft, atRight] = [await left.listen(LOOPBACK), await right.listen(LOOPBACK)];
      const toRight = left.connect(atRight.address, EARLY);
      const toLeft = right.connect(atLeft.address, EARLY);
      const outcomes = await Promise.all(
        [toRight, toLeft].map((connection) =>
          connection
            .bootstrap(Counter)
            .add({ amount: 1 })
            .then(
              ({ total }): unknown => total,
              (error: unknown) => (error as RpcError).executed,
            ),
        ),
      );
      for (const outcome of outcomes) expect([1, "maybe"]).toContain(outcome);
      await Promise.all([toRight.ready, toLeft.ready]);
      expect([left.peers.length, right.peers.length]).toEqual([1, 1]);
      expect((await toRight.bootstrap(Counter).add({ amount: 1 })).total).toBeGreaterThan(0);
      await Promise.all([left.close(), right.close()]);
    }
  });
});
