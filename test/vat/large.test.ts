import { expect, it } from "vitest";
import { memoryRoads } from "handfast";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, pair, TestCounter, until } from "./support.ts";

const CHUNK_BYTES = 32 * 1024; // large enough to be sent from where it lies, were it no stream

it("the Data of a streaming call may be written over once the call has returned", async () => {
  const { root, counter } = await pair();
  const received: string[] = [];
  counter.write = ({ chunk }) => {
    received.push([...new Set(chunk)].join());
    return Promise.resolve({});
  };
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let round = 1; round <= 8; round += 1) {
    chunk.fill(round);
    await root.write({ chunk });
  }
  chunk.fill(99);
  await root.add({ amount: 1 });
  expect(received).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
});

it("what does not fit behind what waits to be sent fails alone, and the connection goes on", async () => {
  const log: string[] = [];
  const server = await openVat({ admit: "anyone", bootstrap: () => new TestCounter(0, log) });
  const { address } = await server.listen(LOOPBACK);
  const client = await openVat({ limits: { net: { maxUnsentBytes: 1024 * 1024 } } });
  const root = client.connect(address).bootstrap(Counter);
  await root.add({ amount: 1 });
  const chunk = new Uint8Array(300 * 1024);
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map(() => root.write({ chunk })));
  const failures = outcomes.flatMap((it) => (it.status === "rejected" ? [it.reason as Error] : []));
  expect(failures.length).toBeGreaterThan(0);
  const unsent = { kind: "overloaded", blame: "caller" };
  for (const failure of failures) {
    expect(failure).toMatchObject(unsent);
    expect(failure.message).not.toContain("remote exception");
  }
  expect(await root.add({ amount: 1 })).toMatchObject({ total: 2 });
  expect(server.peers).toHaveLength(1);
});

it("what comes after a connection is over is not kept, and keeps no timer", async () => {
  const vat = await openVat({ anonymousBootstrap: () => new TestCounter() });
  const [near, far] = memoryRoads();
  vat.join(far);
  near.start({ data: () => {}, ended: () => {}, drain: () => {}, closed: () => {} });
  near.write(Buffer.from("ffffffff00000000", "hex")); // a message of 2^32 segments
  near.flush();
  await until(() => vat.peers.length === 0);
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  near.write(Buffer.from("00000000ffff7f000000", "hex")); // the beginning of one of 64 MiB
  near.flush();
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(timers()).toBeLessThanOrEqual(before);
});
