import { expect, it } from "vitest";
import { RpcError } from "handfast";
import { Counter } from "../support/counter.capnp.ts";
import { openVat, pair, TestCounter, until } from "./support.ts";

/** A peer that restores counters by number: what it loads, the test finishes. */
async function restoring() {
  const log: string[] = [];
  const loads: { readonly id: string; readonly done: (counter: TestCounter | Error) => void }[] =
    [];
  const root = Counter.serve({
    child: ({ start }) => ({ counter: restorer.restore(`#${start}`) }),
  });
  const connected = await pair({ bootstrap: () => root });
  const restorer = connected.server.restorer<TestCounter>((id) => {
    return new Promise((resolve, reject) => {
      const done = (counter: TestCounter | Error) => {
        if (counter instanceof Error) reject(counter);
        else resolve(counter);
      };
      loads.push({ id, done });
    });
  });
  return { ...connected, log, loads, restorer };
}

it("concurrent restores of one id load once and share the object", async () => {
  const { root, log, loads } = await restoring();
  const [left, right] = [root.child({ start: 7 }).counter, root.child({ start: 7 }).counter];
  const other = root.child({ start: 8 }).counter;
  const totals = [left.add({ amount: 1 }), right.add({ amount: 2 }), other.add({ amount: 5 })];
  await until(() => loads.length === 2);
  expect(loads.map(({ id }) => id)).toEqual(["#7", "#8"]);
  for (const { done } of loads) done(new TestCounter(100, log));
  expect((await Promise.all(totals)).map(({ total }) => total)).toEqual([101, 103, 105]);
  expect(loads).toHaveLength(2);
});

it("what anybody holds is found again, and what nobody holds is loaded again", async () => {
  const { root, log, loads } = await restoring();
  const held = root.child({ start: 7 }).counter;
  await until(() => loads.length === 1);
  loads[0]!.done(new TestCounter(100, log));
  await held.add({ amount: 1 });
  const again = root.child({ start: 7 }).counter;
  expect((await again.add({ amount: 1 })).total).toBe(102);
  held[Symbol.dispose]();
  expect((await again.add({ amount: 1 })).total).toBe(103);
  expect(loads).toHaveLength(1);
  again[Symbol.dispose]();
  await until(() => log.includes("dropped 103"));
  const anew = root.child({ start: 7 }).counter;
  await until(() => loads.length === 2);
  loads[1]!.done(new TestCounter(500, log));
  expect((await anew.add({ amount: 1 })).total).toBe(501);
});

it("a load that failed is tried again, and fails all who waited for it", async () => {
  const { root, loads, log } = await restoring();
  const calls = [root.child({ start: 7 }).counter, root.child({ start: 7 }).counter];
  const failures = Promise.allSettled(calls.map((counter) => counter.add({ amount: 1 })));
  await until(() => loads.length === 1);
  loads[0]!.done(RpcError.failed("no such counter", { code: "NOT_FOUND" }));
  for (const failure of await failures) {
    expect(failure).toMatchObject({ status: "rejected", reason: { code: "NOT_FOUND" } });
  }
  const later = root.child({ start: 7 }).counter.add({ amount: 1 });
  await until(() => loads.length === 2);
  loads[1]!.done(new TestCounter(0, log));
  expect((await later).total).toBe(1);
});

it("a load that throws at once is not remembered either", async () => {
  const vat = await openVat();
  let failing = true;
  const restorer = vat.restorer((id) => {
    if (failing) throw RpcError.failed(`no ${id}`);
    return new TestCounter(1);
  });
  await expect(restorer.restore("it")).rejects.toThrow("no it");
  failing = false;
  expect(await restorer.restore("it")).toBeInstanceOf(TestCounter);
});

it("an object that nobody took is dropped when the turn ends", async () => {
  const vat = await openVat();
  const log: string[] = [];
  let loads = 0;
  const restorer = vat.restorer(() => new TestCounter((loads += 1), log));
  await restorer.restore("it");
  await until(() => log.length > 0);
  expect(log).toEqual(["dropped 1"]);
  await restorer.restore("it");
  expect(loads).toBe(2);
});

it("an object that was dropped while it was asked for again is not handed out", async () => {
  const vat = await openVat();
  const log: string[] = [];
  let loads = 0;
  const restorer = vat.restorer(() => new TestCounter((loads += 1), log));
  const client = vat.refer(Counter, await restorer.restore("it"));
  await new Promise((resolve) => setImmediate(resolve)); // only the client holds it now
  client[Symbol.dispose](); // its drop is due in a microtask
  const again = await restorer.restore("it");
  expect(log).toEqual(["dropped 1"]);
  expect(again.total).toBe(2);
});
