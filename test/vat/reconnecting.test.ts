import { describe, expect, it, onTestFinished } from "vitest";
import { NetError } from "../../src/net/index.ts";
import { RpcError } from "../../src/rpc/index.ts";
import { clientOfHook, hookOf, revocable } from "../../src/objects/index.ts";
import { VatError } from "../../src/vat/index.ts";
import { Counter } from "../support/counter.capnp.ts";
import { TestCounter } from "./test-counter.ts";
import { Story } from "./reconnecting-story.ts";

const down = RpcError.disconnected("there is no connection to the peer (CONNECTION_REFUSED)");

const codeOf = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => "no error",
    (error: unknown) => (error as { code: unknown }).code,
  );

describe("a reconnecting capability", () => {
  it("dials when it is first called, and not before", async () => {
    const story = new Story();
    const counter = story.reconnecting();
    await story.settle();
    expect(story.servers).toEqual([]);
    expect(counter.state).toEqual({ is: "idle" });
    const call = counter.call((it) => it.add({ amount: 1 }));
    await story.settle();
    expect((await call).total).toBe(1);
    expect(story.states).toEqual(["connecting", "connected"]);
  });

  it("dials before anybody calls when it is eager, and again when it was cut", async () => {
    const story = new Story();
    story.reconnecting({ eager: true });
    await story.settle();
    await story.pass(30_000);
    await story.cut();
    expect(story.servers).toHaveLength(2);
    expect(story.states.slice(-3)).toEqual(["idle", "connecting", "connected"]);
  });

  it("reconnects once, however many calls are lost at once", async () => {
    const story = new Story();
    const counter = story.reconnecting();
    const first = counter.call((it) => it.add({ amount: 1 }));
    await story.settle();
    await first;
    await story.pass(30_000);
    const held = [1, 2, 3].map(() => codeOf(counter.call((it) => it.hold())));
    await story.settle();
    expect(story.log.filter((line) => line === "held")).toHaveLength(3);
    await story.cut();
    expect(await Promise.all(held)).toEqual(["DISCONNECTED", "DISCONNECTED", "DISCONNECTED"]);
    const calls = [1, 2, 3].map((amount) => counter.call((it) => it.add({ amount })));
    await story.settle();
    expect((await Promise.all(calls)).map(({ total }) => total)).toEqual([2, 4, 7]);
    expect(story.servers).toHaveLength(2);
    expect(story.states).toEqual(["connecting", "connected", "idle", "connecting", "connected"]);
    expect(story.closedHandles).toBe(1);
  });

  it("does not make again a call that may have run, and does one that is idempotent", async () => {
    const story = new Story();
    const counter = story.reconnecting();
    const once = codeOf(counter.call((it) => it.hold()));
    const often = codeOf(counter.call((it) => it.hold(), { idempotent: true }));
    await story.settle();
    await story.pass(30_000);
    await story.cut();
    expect(await once).toBe("DISCONNECTED");
    expect(story.log.filter((line) => line === "held")).toHaveLength(3);
    await counter.close();
    await story.cut();
    expect(await often).toBe("DISCONNECTED");
  });

  it("gives a call up that is lost again and again", async () => {
    const story = new Story();
    const counter = story.reconnecting();
    const call = codeOf(counter.call((it) => it.hold(), { idempotent: true }));
    for (let times = 0; times < 6; times++) {
      await story.settle();
      await story.pass(30_000);
      await story.cut();
    }
    expect(await call).toBe("DISCONNECTED");
    expect(story.log.filter((line) => line === "held")).toHaveLength(6);
  });

  it("waits longer after each failure, up to a limit", async () => {
    const story = new Story();
    story.failures.push(down, down, down, down);
    const counter = story.reconnecting({ backoff: { firstMs: 100, maxMs: 300 } });
    const call = counter.call((it) => it.add({ amount: 1 }));
    await story.settle();
    for (const ms of [99, 1, 199, 1, 299, 1, 299, 1]) await story.pass(ms);
    expect((await call).total).toBe(1);
    expect(story.states.filter((state) => state.startsWith("waiting"))).toEqual([
      "waiting 100",
      "waiting 200",
      "waiting 300",
      "waiting 300",
    ]);
    expect(story.servers).toHaveLength(5);
  });

  it("waits at least half as long, as chance will have it", async () => {
    const story = new Story();
    story.failures.push(down);
    void codeOf(story.reconnecting({ random: () => 0 }).call((it) => it.add({})));
    await story.settle();
    expect(story.states).toContain("waiting 50");
  });

  it("does not dial a peer in a circle that takes it in and cuts it at once", async () => {
    const story = new Story();
    const counter = story.reconnecting({ eager: true });
    await story.settle();
    await story.cut();
    expect(story.servers).toHaveLength(1);
    expect(counter.state).toMatchObject({ is: "waiting", delayMs: 100 });
    await story.pass(100);
    expect(story.servers).toHaveLength(2);
  });

  it("dials again when it is eager and what it dialled is lost as soon as it is there", async () => {
    const story = new Story();
    const counter = story.reconnecting({ eager: true });
    const stop = counter.onState(({ is }) => {
      if (is === "connected") story.reader.vat.loses(story.servers.at(-1)!);
    });
    await story.settle();
    stop();
    expect(counter.state).toMatchObject({ is: "waiting", delayMs: 100 });
    await story.pass(100);
    expect(story.servers).toHaveLength(2);
    expect(counter.state).toEqual({ is: "connected" });
  });

  it("pauses longer and longer before a server that takes everybody and keeps nobody", async () => {
    const story = new Story();
    const counter = story.reconnecting({ eager: true });
    counter.onState(({ is }) => {
      if (is === "connected") story.reader.vat.loses(story.servers.at(-1)!);
    });
    await story.settle();
    for (const delayMs of [100, 200, 400]) {
      expect(counter.state).toMatchObject({ is: "waiting", delayMs });
      await story.pass(delayMs);
    }
    await counter.close();
  });

  it("is not hurt by what a callback throws, which the process hears of", async () => {
    const heard: unknown[] = [];
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => heard.push(error));
    onTestFinished(() => {
      process.removeAllListeners("uncaughtException");
      for (const listener of listeners) process.on("uncaughtException", listener);
    });
    const story = new Story();
    const counter = story.reconnecting();
    const states: string[] = [];
    counter.onState(({ is }) => {
      throw new Error(is);
    });
    counter.onState(({ is }) => states.push(is));
    const call = counter.call((it) => it.add({ amount: 2 }));
    await story.settle();
    expect((await call).total).toBe(2);
    await counter.close();
    expect(story.closedHandles).toBe(1);
    expect(states).toEqual(["connecting", "connected", "closed"]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard.map((error) => (error as Error).message)).toEqual(states);
  });

  it("authenticates anew on each connection", async () => {
    const story = new Story();
    let sessions = 0;
    const session = story.reconnecting({
      establish: async (connection) => {
        using root = connection.bootstrap(Counter);
        sessions += 1;
        const { counter } = await root.child({ start: 100 * sessions });
        return counter;
      },
    });
    const first = session.call((it) => it.add({ amount: 1 }));
    await story.settle();
    expect((await first).total).toBe(101);
    await story.pass(30_000);
    await story.cut();
    const second = session.call((it) => it.add({ amount: 1 }));
    await story.settle();
    expect((await second).total).toBe(201);
  });

  it("gets a new session for the calls after one that found the old one ended", async () => {
    const story = new Story();
    const ends: (() => void)[] = [];
    story.counter.child = () => {
      const hook = hookOf(new TestCounter(100 * (ends.length + 1)), story.servers.at(-1)!.turns)!;
      const { client, revoke } = revocable(clientOfHook(Counter, hook));
      ends.push(revoke);
      return { counter: client };
    };
    const session = story.reconnecting({
      establish: (connection) => connection.bootstrap(Counter).child({}).counter,
    });
    const totalOf = async (idempotent: boolean) => {
      const call = session.call((it) => it.add({ amount: 1 }), { idempotent });
      const total = call.then(
        (results): unknown => results.total,
        (error: unknown) => (error as RpcError).code,
      );
      await story.settle();
      await story.pass(300);
      return total;
    };
    expect(await totalOf(false)).toBe(101);
    ends.at(-1)!();
    expect(await totalOf(false)).toBe("REVOKED"); // it may have run
    expect(await totalOf(false)).toBe(201);
    ends.at(-1)!();
    expect(await totalOf(true)).toBe(301);
  });

  it("tells those who wait that it was refused, and tries again only when asked", async () => {
    const story = new Story();
    const refused = RpcError.failed("permission denied: expired", { code: "PERMISSION_DENIED" });
    story.failures.push(refused);
    const counter = story.reconnecting();
    const calls = [1, 2].map((amount) => codeOf(counter.call((it) => it.add({ amount }))));
    await story.settle();
    expect(await Promise.all(calls)).toEqual(["PERMISSION_DENIED", "PERMISSION_DENIED"]);
    expect(counter.state).toEqual({ is: "failed", error: refused });
    await story.pass(60_000);
    expect(story.servers).toHaveLength(1);
    const again = counter.call((it) => it.add({ amount: 1 }));
    await story.settle();
    await story.pass(100);
    expect((await again).total).toBe(1);
  });

  it("does not try again what only its own side can mend", async () => {
    const story = new Story();
    const ourselves = new NetError("SELF_CONNECT", "the server has our own key");
    story.failures.push(ourselves);
    const counter = story.reconnecting();
    const call = counter.call((it) => it.add({ amount: 1 }));
    const told = expect(call).rejects.toBe(ourselves);
    await story.settle();
    await told;
    expect(counter.state).toEqual({ is: "failed", error: ourselves });
  });

  it("notices a session that was refused although nobody awaited it", async () => {
    const story = new Story();
    story.counter.child = () => {
      throw RpcError.failed("no");
    };
    const session = story.reconnecting({
      establish: (connection) => connection.bootstrap(Counter).child({}).counter,
    });
    const call = codeOf(session.call((it) => it.add({})));
    await story.settle();
    expect(await call).toBe("FAILED");
    expect(story.states).toEqual(["connecting", "failed"]);
  });

  it("passes on a failure that is the method's own, and keeps the connection", async () => {
    const story = new Story();
    story.counter.fail = () => {
      throw RpcError.disconnected("a database behind us is gone");
    };
    const counter = story.reconnecting();
    const call = codeOf(counter.call((it) => it.fail({}), { idempotent: true }));
    await story.settle();
    expect(await call).toBe("DISCONNECTED");
    expect(counter.state).toEqual({ is: "connected" });
  });

  it("lets only so many wait", async () => {
    const story = new Story();
    const counter = story.reconnecting({ maxWaiting: 2 });
    const calls = [1, 2, 3].map((amount) => codeOf(counter.call((it) => it.add({ amount }))));
    await story.settle();
    expect(await Promise.all(calls)).toEqual(["no error", "no error", "OVERLOADED"]);
  });

  it("stops dialling when nobody waits any more", async () => {
    const story = new Story();
    story.failures.push(down, down, down, down, down);
    const counter = story.reconnecting();
    const controller = new AbortController();
    const { signal } = controller;
    const call = codeOf(counter.call((it) => it.add({}), { signal }));
    await story.settle();
    controller.abort();
    expect(await call).toBe("CANCELED");
    for (let times = 0; times < 5; times++) await story.pass(30_000);
    expect(story.servers.length).toBeLessThan(3);
    expect(counter.state).toEqual({ is: "idle" });
  });

  it("that is closed fails what waits, dials no more and leaves no timer", async () => {
    const story = new Story();
    story.failures.push(down);
    const counter = story.reconnecting();
    const call = codeOf(counter.call((it) => it.add({})));
    await story.settle();
    await counter.close();
    await counter.close();
    expect(await call).toBe("DISCONNECTED");
    expect(await codeOf(counter.call((it) => it.add({})))).toBe("DISCONNECTED");
    expect(story.reader.clock.pending).toBe(0);
    expect(story.states.at(-1)).toBe("closed");
  });

  it("lets its connection go when it is closed", async () => {
    const story = new Story();
    const counter = story.reconnecting();
    const call = counter.call((it) => it.add({}));
    await story.settle();
    await call;
    await counter.close();
    expect(story.closedHandles).toBe(1);
  });

  it("fails when its vat is closed", async () => {
    const story = new Story();
    story.failures.push(new VatError("CLOSED", "this vat was closed"));
    const counter = story.reconnecting();
    expect(await codeOf(counter.call((it) => it.add({})))).toBe("CLOSED");
    expect(counter.state).toMatchObject({ is: "failed" });
  });
});
