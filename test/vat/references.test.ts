import { describe, expect, it } from "vitest";
import { dup, isSame, onBroken, revocable, whenResolved } from "handfast/capnp";
import { Counter, Watcher } from "../support/counter.capnp.ts";
import { pair, TestCounter, until } from "./support.ts";

describe("a reference", () => {
  it("is given back when it is disposed, and the object is told", async () => {
    const { root, log } = await pair();
    const { counter } = await root.child({ start: 9 });
    counter[Symbol.dispose]();
    await until(() => log.includes("dropped 9"));
  });

  it("is given back with the results that brought it", async () => {
    const { root, log } = await pair();
    {
      using results = await root.child({ start: 8 });
      expect((await results.counter.add({ amount: 1 })).total).toBe(9);
    }
    await until(() => log.includes("dropped 9"));
  });

  it("that was pipelined and never awaited is given back when it is disposed", async () => {
    const { root, log } = await pair();
    const child = root.child({ start: 5 }).counter;
    await child.add({ amount: 1 });
    child[Symbol.dispose]();
    await until(() => log.includes("dropped 6"));
  });

  it("lives on when it was duplicated", async () => {
    const { root, log } = await pair();
    const { counter } = await root.child({ start: 7 });
    const second = dup(counter);
    counter[Symbol.dispose]();
    await expect(counter.add({ amount: 1 })).rejects.toThrow("disposed");
    expect((await second.add({ amount: 1 })).total).toBe(8);
    second[Symbol.dispose]();
    await until(() => log.includes("dropped 8"));
  });

  it("that came as a parameter ends with the call", async () => {
    let kept: Watcher.Client | undefined;
    const keeper = Counter.serve({
      watch: ({ watcher }) => {
        kept = watcher;
        return {};
      },
    });
    const { root } = await pair({ bootstrap: () => keeper });
    await root.watch({ watcher: Watcher.serve({}) });
    await expect(kept?.changed({ total: 1 })).rejects.toThrow("dup()");
  });

  it("that came as a parameter ends when the call is handed over", async () => {
    const { root, client, server } = await pair();
    const log: string[] = [];
    await root.through({ counter: new TestCounter(1, log), amount: 1, how: "tail" });
    await root.add({ amount: 1 }); // and no garbage collector had the time
    expect(log).toContain("dropped 2");
    expect(server.inspect()[0]?.imports).toEqual([]);
    expect(client.inspect()[0]?.exports).toEqual([]);
  });

  it("that came as a parameter ends when the call is given up, whatever the method does", async () => {
    const deaf = Counter.serve({ through: () => new Promise(() => {}) });
    const { root } = await pair({ bootstrap: () => deaf });
    const log: string[] = [];
    const call = root.through({ counter: new TestCounter(1, log), amount: 1, how: "" });
    await expect(root.unwritten()).rejects.toMatchObject({ kind: "unimplemented" }); // so the call is there
    call[Symbol.dispose]();
    await expect(root.unwritten()).rejects.toMatchObject({ kind: "unimplemented" });
    expect(log).toEqual(["dropped 1"]);
  });

  it("to one object is the same reference however often it is passed", async () => {
    const { root } = await pair();
    const log: string[] = [];
    const mine = new TestCounter(1, log);
    const first = await root.same({ counter: mine });
    const second = await root.same({ counter: mine });
    expect(isSame(first.counter, second.counter)).toBe(true);
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    await until(() => log.includes("dropped 1"));
    expect(log).toEqual(["dropped 1"]);
  });

  it.each([
    ["that another vat serves too", (object: TestCounter) => object],
    ["behind a proxy", (object: TestCounter) => new Proxy(object, {})],
  ])("to an object %s is the same reference each time it is sent", async (_, made) => {
    const log: string[] = [];
    const mine = made(new TestCounter(1, log));
    const [here, there] = [await pair(), await pair()];
    const elsewhere = await here.root.same({ counter: mine });
    const first = await there.root.same({ counter: mine });
    const second = await there.root.same({ counter: mine });
    expect(isSame(first.counter, second.counter)).toBe(true);
    expect(isSame(first.counter, elsewhere.counter)).toBe(false);
    elsewhere[Symbol.dispose]();
    await until(() => log.includes("dropped 1"));
    expect((await second.counter.add({ amount: 1 })).total).toBe(2);
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    await until(() => log.includes("dropped 2"));
    expect(log).toEqual(["dropped 1", "add 1", "dropped 2"]);
  });

  it("to an object of a peer that is gone breaks", async () => {
    const { root, server, client } = await pair();
    const { counter } = await root.child({ start: 1 });
    await server.close();
    await until(() => client.peers.length === 0);
    await expect(counter.add({ amount: 1 })).rejects.toMatchObject({
      kind: "disconnected",
      executed: "no",
    });
  });
});

describe("a revocable reference", () => {
  it("fails the calls under way and all later ones, and leaves the object alone", async () => {
    const { root, server, log } = await pair();
    const original = server.refer(Counter, new TestCounter(0, log));
    const { client, revoke } = revocable(original);
    const { counter } = await root.same({ counter: client });
    expect((await counter.add({ amount: 1 })).total).toBe(1);
    const held = counter.hold();
    await until(() => log.includes("held"));
    revoke("the membership was withdrawn");
    await expect(held).rejects.toThrow("withdrawn");
    await expect(counter.add({ amount: 1 })).rejects.toMatchObject({ code: "REVOKED" });
    expect((await original.add({ amount: 1 })).total).toBe(2);
  });

  it("is seen to break by whoever holds it", async () => {
    const { server } = await pair();
    const { client, revoke } = revocable(server.refer(Counter, new TestCounter()));
    const broken: string[] = [];
    onBroken(client, ({ code }) => broken.push(code));
    await whenResolved(client);
    expect(broken).toEqual([]);
    revoke();
    expect(broken).toEqual(["REVOKED"]);
    await expect(whenResolved(client)).rejects.toMatchObject({ code: "REVOKED" });
  });
});

it("who holds which reference can be seen", async () => {
  const { root, server, client } = await pair();
  await root.child({ start: 1 });
  const [connection] = server.inspect();
  expect(connection?.peer).toBe(client.identity.id);
  expect(connection?.exports.map(({ references }) => references)).toEqual([1, 1]);
  expect(connection?.exports[0]?.label).toBe("counter.capnp:Counter");
  expect(JSON.parse(JSON.stringify(connection))).toEqual(connection);
});
