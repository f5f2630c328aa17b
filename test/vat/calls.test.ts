import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Logger, RpcError } from "handfast";
import { isNull, isSame } from "handfast/capnp";
import { Counter, Watcher } from "../support/counter.capnp.ts";
import { openVat, pair, TestCounter, until } from "./support.ts";

const failureOf = (call: PromiseLike<unknown>) => call.then(null, (reason: unknown) => reason);

describe("a call", () => {
  it("reaches the object and brings its results back", async () => {
    const { root } = await pair();
    expect((await root.add({ amount: 5 })).total).toBe(5);
    expect((await root.add({ amount: 2 })).total).toBe(7);
  });

  it("starts when it is made, awaited or not", async () => {
    const { root, log } = await pair();
    void root.add({ amount: 1 });
    await until(() => log.includes("add 1"));
  });

  it("leaves, is answered and is given up when a turn is over, with no timer on the way", async () => {
    const { root, log } = await pair();
    await root.add({ amount: 1 });
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval"] }); // whose time stands still
    onTestFinished(() => void vi.useRealTimers());
    expect((await root.add({ amount: 2 })).total).toBe(3);
    expect((await root.child({ start: 1 }).counter.add({ amount: 1 })).total).toBe(2);
    const given = root.hold();
    given.then(null, () => {});
    await until(() => log.includes("held"));
    given[Symbol.dispose]();
    await until(() => log.includes("cancelled"));
  });

  it("in one vat may have run as well when its method fails of a call that did not", async () => {
    const vat = await openVat();
    const over = new AbortController();
    over.abort();
    using gone = vat.mint(Counter, new TestCounter(), { revokedBy: over.signal });
    const inner: unknown[] = [];
    const through = async ({ amount }: Counter.Through.Params) => {
      const { total } = await gone.add({ amount }).then(null, (error: unknown) => {
        inner.push(error);
        throw error;
      });
      return { total };
    };
    using here = vat.mint(Counter, Counter.serve({ through }));
    const outer = await failureOf(here.through({ amount: 1 }));
    expect(inner).toMatchObject([{ code: "REVOKED", executed: "no" }]);
    expect(outer).toMatchObject({ code: "REVOKED", executed: "maybe" });
  });

  it("pipelines on results that have not arrived, to any depth", async () => {
    const { root, log } = await pair();
    const { counter } = root.child({ start: 1 }).counter.child({ start: 2 });
    expect((await counter.child({ start: 3 }).counter.add({ amount: 4 })).total).toBe(7);
    expect(log).toEqual(["add 4"]);
  });

  it("arrives in the order in which calls were made, pipelined or direct", async () => {
    const { root, log } = await pair();
    const child = root.child({ start: 0 }).counter;
    const calls = [];
    for (let amount = 1; amount <= 20; amount += 1) {
      calls.push(child.add({ amount }));
      if (amount === 10) await calls[0]; // the child has arrived meanwhile
    }
    await Promise.all(calls);
    expect(log).toEqual(Array.from({ length: 20 }, (_, index) => `add ${index + 1}`));
  });

  it("passes an object, and calls come back to it", async () => {
    const { root } = await pair();
    const totals: number[] = [];
    const watcher = Watcher.serve({
      changed({ total }) {
        totals.push(total);
        return {};
      },
    });
    await root.watch({ watcher });
    await root.add({ amount: 3 });
    await root.add({ amount: 4 });
    await until(() => totals.length === 2);
    expect(totals).toEqual([3, 7]);
  });

  it("passes a promised object as a capability at once", async () => {
    const { root } = await pair();
    let resolve!: (watcher: Watcher.Server) => void;
    await root.watch({ watcher: new Promise<Watcher.Server>((ok) => (resolve = ok)) });
    await root.add({ amount: 1 });
    const totals: number[] = [];
    const changed = ({ total }: Watcher.Changed.Params) => {
      totals.push(total);
      return {};
    };
    resolve(Watcher.serve({ changed }));
    await until(() => totals.length === 1);
    expect(totals).toEqual([1]);
  });

  it("gives one's own object back as itself", async () => {
    const { root } = await pair();
    const mine = new TestCounter(100);
    const { counter } = await root.same({ counter: mine });
    expect((await counter.add({ amount: 1 })).total).toBe(101);
    const again = await root.same({ counter });
    expect(isSame(counter, again.counter)).toBe(true);
  });

  it("to an own object that came back takes a turn of its own", async () => {
    const { root } = await pair();
    const log: string[] = [];
    const { counter } = await root.same({ counter: new TestCounter(0, log) });
    const call = counter.add({ amount: 1 });
    log.push("made");
    await call;
    expect(log).toEqual(["made", "add 1"]);
  });

  it("keeps the null capability null", async () => {
    const { root } = await pair();
    const { counter } = await root.same({});
    expect(isNull(counter)).toBe(true);
    expect(await failureOf(counter.add({ amount: 1 }))).toMatchObject({ executed: "no" });
  });

  it("handed over to an object of its caller's leaves the results there", async () => {
    const { root, server } = await pair();
    let goOn: (() => void) | undefined;
    const add = () => {
      return new Promise<{ total: number }>((resolve) => (goOn = () => resolve({ total: 6 })));
    };
    const through = root.through({ counter: Counter.serve({ add }), amount: 1, how: "tail" });
    void through.then(null, () => {});
    await until(() => goOn !== undefined);
    const answers = server.inspect()[0]?.answers.map(({ state }) => state);
    expect(answers).toContain("forwarded");
    goOn?.();
    expect((await through).total).toBe(6);
  });

  it.each(["return", "tail"])("hands itself over to another object by %s", async (how) => {
    const { root } = await pair();
    const mine = new TestCounter(40);
    expect((await root.through({ counter: mine, amount: 2, how })).total).toBe(42);
  });

  it("tells the method who called, and what the object was minted with", async () => {
    const { root, client } = await pair();
    const { peer, principal, transport, method } = await root.whoami();
    const { id } = client.identity;
    expect([peer, principal, transport, method]).toEqual([id, id, "shs", "whoami"]);
  });
});

describe("a call that fails", () => {
  it("brings the message and kind of an RpcError", async () => {
    const { root } = await pair();
    const error = await failureOf(root.fail({ how: "rpc" }));
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ kind: "overloaded", code: "OVERLOADED" });
    expect(String(error)).toContain("too busy counting");
  });

  it("keeps any other error at home, under a number", async () => {
    const logged: string[] = [];
    const silent = () => {};
    const error = (fields: object, message: string) =>
      void logged.push(`${message} ${JSON.stringify(fields)}`);
    const logger: Logger = { debug: silent, info: silent, warn: silent, error };
    const { root } = await pair({ logger });
    const failure = String(await failureOf(root.fail({ how: "hunter2" })));
    expect(failure).toContain("internal error (ref 1)");
    expect(failure).not.toContain("hunter2");
    expect(logged[0]).toContain("internal error (ref 1)");
    expect(logged[0]).toContain("counter.capnp:Counter");
  });

  it("says that a method has no body", async () => {
    const { root } = await pair();
    expect(await failureOf(root.unwritten())).toMatchObject({ kind: "unimplemented" });
  });

  it("does not disturb the ones beside it", async () => {
    const { root } = await pair();
    const outcomes = await Promise.allSettled([
      root.add({ amount: 1 }),
      root.fail({ how: "rpc" }),
      root.add({ amount: 1 }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("fails what was pipelined from it", async () => {
    const { root, counter } = await pair();
    counter.child = () => {
      throw RpcError.failed("no children");
    };
    const failure = await failureOf(root.child({ start: 1 }).counter.add({ amount: 1 }));
    expect(String(failure)).toContain("no children");
  });

  it("reports parameters that cannot be sent, and sends nothing", async () => {
    const { root, log } = await pair();
    expect(await failureOf(root.add({ amount: -1 }))).toMatchObject({ executed: "no" });
    await root.add({ amount: 1 });
    expect(log).toEqual(["add 1"]);
  });
});

describe("a call that is given up", () => {
  it("aborts the method's signal when its time runs out", async () => {
    const { root, log } = await pair();
    // A busy machine may take longer than that to begin with the call.
    for (let timeoutMs = 20; !log.includes("held"); timeoutMs *= 2) {
      expect(await failureOf(root.hold({}, { timeoutMs }))).toMatchObject({ code: "TIMEOUT" });
    }
    await until(() => log.includes("cancelled"));
  });

  it("aborts the method's signal when the caller's signal does", async () => {
    const { root, log } = await pair();
    const controller = new AbortController();
    const call = root.hold({}, { signal: controller.signal });
    await until(() => log.includes("held"));
    controller.abort();
    expect(await failureOf(call)).toMatchObject({ code: "CANCELED" });
    await until(() => log.includes("cancelled"));
  });

  it("aborts the signal of a method that has returned a call of its own, and that call", async () => {
    const log: string[] = [];
    const through: Counter.Server["through"] = ({ counter }, { signal }) => {
      signal.addEventListener("abort", () => log.push("told"));
      return counter.add({ amount: 1 });
    };
    const { root } = await pair({ bootstrap: () => Counter.serve({ through }) });
    const add: Counter.Server["add"] = (_, { signal }) => {
      log.push("held");
      signal.addEventListener("abort", () => log.push("cancelled"));
      return new Promise(() => {});
    };
    const call = root.through({ counter: Counter.serve({ add }), amount: 0, how: "" });
    await until(() => log.includes("held"));
    call[Symbol.dispose]();
    await until(() => log.includes("told") && log.includes("cancelled"));
  });

  it("is not even made when the signal had aborted before", async () => {
    const { root, log } = await pair();
    const failure = await failureOf(root.hold({}, { signal: AbortSignal.abort() }));
    expect(failure).toMatchObject({ code: "CANCELED", executed: "no" });
    await root.add({ amount: 1 });
    expect(log).toEqual(["add 1"]);
  });

  it("ends when the last that was pipelined from it is disposed", async () => {
    const { root, log, counter } = await pair();
    counter.child = (_: unknown, call?: { signal: AbortSignal }) => {
      call?.signal.addEventListener("abort", () => log.push("childless"));
      return new Promise(() => {});
    };
    const slow = root.child({ start: 1 }).counter;
    await root.add({ amount: 2 });
    slow[Symbol.dispose]();
    await until(() => log.includes("childless"));
  });

  it("aborts the method's signal when the caller is gone", async () => {
    const { root, log, client } = await pair();
    const call = failureOf(root.hold());
    await until(() => log.includes("held"));
    await client.close();
    expect(await call).toMatchObject({ kind: "disconnected", executed: "maybe" });
    await until(() => log.includes("cancelled"));
  });
});

describe("streaming", () => {
  it("goes on behind a call that was handed over", async () => {
    const log: string[] = [];
    const write: Counter.Server["write"] = ({ chunk }, call) =>
      call.tailCall(target, "write", { chunk });
    const { root, server } = await pair({ bootstrap: () => Counter.serve({ write }) });
    const target = server.refer(Counter, new TestCounter(0, log));
    await root.write({ chunk: new Uint8Array(1) });
    await root.write({ chunk: new Uint8Array(2) });
    await until(() => log.length === 4);
    expect(log).toEqual(["write 1", "wrote 1", "write 2", "wrote 2"]);
  });

  it("returns to its caller as soon as the next call may be made", async () => {
    const { root, log, counter } = await pair();
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    counter.write = async ({ chunk }: Counter.Write.Params) => {
      await gate;
      log.push(`wrote ${chunk.length}`);
      return {};
    };
    const chunk = new Uint8Array(400_000);
    await root.write({ chunk });
    await root.write({ chunk }); // within 512 KiB and one chunk
    const third = root.write({ chunk }).then(() => log.push("third admitted"));
    expect(log).toEqual([]);
    release();
    await third;
    expect(log[0]).toBe("wrote 400000");
  });

  it("takes one call at a time, and later calls wait for it", async () => {
    const { root, log } = await pair();
    void root.write({ chunk: new Uint8Array(1) });
    void root.write({ chunk: new Uint8Array(2) });
    await root.add({ amount: 1 });
    expect(log).toEqual(["write 1", "wrote 1", "write 2", "wrote 2", "add 1"]);
  });

  it("fails all that follows the first failure", async () => {
    const { root, log } = await pair();
    await root.write({ chunk: new Uint8Array(13) }); // there is room for more
    await root.write({ chunk: new Uint8Array(2) });
    expect(await failureOf(root.add({ amount: 1 }))).toMatchObject({ kind: "failed" });
    expect(await failureOf(root.write({ chunk: new Uint8Array(3) }))).toMatchObject({
      message: "remote exception: an unlucky chunk",
      executed: "no",
    });
    expect(log).toEqual(["write 13"]);
  });
});
