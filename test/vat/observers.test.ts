import { describe, expect, it } from "vitest";
import { type CallObserver, type CallStatistics, type ObservedCall, RpcError } from "handfast";
import { Counter, Watcher } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, pair, TestCounter, until } from "./support.ts";

const failureOf = (call: PromiseLike<unknown>) => call.then(null, (reason: unknown) => reason);

interface Seen {
  readonly side: ObservedCall["side"];
  readonly method: string;
  readonly outcome: string;
  readonly peer: string | undefined;
  readonly statistics: CallStatistics;
}

/** Writes down what it is told. */
class Notes implements CallObserver<ObservedCall> {
  readonly begun: string[] = [];
  readonly seen: Seen[] = [];

  start(call: ObservedCall): ObservedCall {
    this.begun.push(call.method);
    return call;
  }

  end(call: ObservedCall, error: RpcError | undefined, statistics: CallStatistics): void {
    const { side, method } = call;
    const peer = call.peer?.id;
    this.seen.push({ side, method, outcome: error?.code ?? "ok", peer, statistics });
  }
}

async function observedPair() {
  const [served, made] = [new Notes(), new Notes()];
  const counter = new TestCounter();
  const bootstrap = () => counter;
  const server = await openVat({ admit: "anyone", bootstrap, observers: [served] });
  const { address } = await server.listen(LOOPBACK);
  const client = await openVat({ observers: [made] });
  return {
    served,
    made,
    counter,
    server,
    client,
    root: client.connect(address).bootstrap(Counter),
  };
}

describe("an observer", () => {
  it("is told of a call at both ends, who is at the other, and what it cost", async () => {
    const { served, made, server, client, root } = await observedPair();
    await root.add({ amount: 1 });
    await root.watch({ watcher: Watcher.serve({}) });
    expect(served.seen).toMatchObject([
      { side: "served", method: "add", outcome: "ok", peer: client.identity.id },
      { side: "served", method: "watch", statistics: { capabilitiesIn: 1, capabilitiesOut: 0 } },
    ]);
    expect(made.seen).toMatchObject([
      { side: "made", method: "add", outcome: "ok", peer: server.identity.id },
      { side: "made", method: "watch", statistics: { capabilitiesIn: 0, capabilitiesOut: 1 } },
    ]);
    const [add] = served.seen;
    expect(add?.statistics).toMatchObject({ messagesIn: 1, messagesOut: 1 });
    expect(add?.statistics.bytesIn).toBeGreaterThan(64);
    expect(add?.statistics.bytesOut).toBeGreaterThan(32);
    expect(made.seen[0]?.statistics.bytesIn).toBe(add?.statistics.bytesOut);
  });

  it("is told how a call failed, and of one that comes to no method", async () => {
    const { served, root } = await observedPair();
    await failureOf(root.fail({ how: "rpc" }));
    await failureOf(root.fail({ how: "otherwise" }));
    await failureOf(root.unwritten());
    expect(served.seen.map(({ method, outcome }) => [method, outcome])).toEqual([
      ["fail", "OVERLOADED"],
      ["fail", "FAILED"],
      ["unwritten", "UNIMPLEMENTED"],
    ]);
  });

  it("is told of the end of a call that is given up, once, whatever its method goes on to do", async () => {
    const { served, made, root } = await observedPair();
    const held = root.hold();
    await until(() => served.begun.includes("hold"));
    held[Symbol.dispose]();
    await until(() => served.seen.length === 1);
    await root.add({ amount: 1 });
    expect(served.seen.map(({ method, outcome }) => [method, outcome])).toEqual([
      ["hold", "CANCELED"],
      ["add", "ok"],
    ]);
    expect(made.seen).toMatchObject([{ method: "hold", outcome: "CANCELED" }, { method: "add" }]);
  });

  it("is told of a call that was handed over when what it became is over, and of that", async () => {
    const { served, root } = await observedPair();
    const fails: Counter.Server["add"] = () => {
      throw RpcError.overloaded("too busy counting");
    };
    const target = Counter.serve({ add: fails });
    const through = (how: string, to: Counter.Client | Counter.Server) =>
      root.through({ counter: to, amount: 1, how });
    await through("tail", new TestCounter());
    await failureOf(through("tail", target));
    expect(served.seen).toMatchObject([
      { side: "made", method: "add", outcome: "ok" },
      { side: "served", method: "through", outcome: "ok" },
      { side: "made", method: "add", outcome: "OVERLOADED" },
      { side: "served", method: "through", outcome: "OVERLOADED" },
    ]);
    expect(served.seen[1]?.statistics.bytesOut).toBe(served.seen[0]?.statistics.bytesIn);
    expect(served.seen[1]?.statistics.bytesOut).toBeGreaterThan(0);
  });

  it("is told when a call that was handed over is given up", async () => {
    const { served, root, counter } = await observedPair();
    counter.through = (params, call) => call.tailCall(params.counter, "hold", {});
    const held = root.through({ counter: new TestCounter(), amount: 1, how: "tail" });
    await until(() => served.begun.includes("hold"));
    held[Symbol.dispose]();
    await until(() => served.seen.length === 2);
    expect(served.seen).toMatchObject([
      { side: "made", method: "hold", outcome: "CANCELED" },
      { side: "served", method: "through", outcome: "CANCELED" },
    ]);
  });

  it("that throws everywhere changes nothing, is reported once and leaves the others their say", async () => {
    const errors: string[] = [];
    const fail = (): never => {
      throw new Error("no");
    };
    const notes = new Notes();
    const broken: CallObserver = { start: fail, run: fail, traceOf: fail, end: fail };
    const logger = {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (_: object, message: string) => errors.push(message),
    };
    const { root } = await pair({ observers: [broken, notes], logger });
    expect((await root.add({ amount: 2 })).total).toBe(2);
    expect((await root.add({ amount: 2 })).total).toBe(4);
    expect(notes.seen).toHaveLength(2);
    expect(errors).toHaveLength(1);
  });

  it("that never runs a call's body, or runs it twice, has it run once", async () => {
    const lazy: CallObserver = { start: () => {}, run: () => {}, end: () => {} };
    const eager: CallObserver = {
      start: () => {},
      run: (_, body) => {
        body();
        body();
      },
      end: () => {},
    };
    const { root, log } = await pair({ observers: [lazy, eager] });
    await root.add({ amount: 1 });
    expect(log).toEqual(["add 1"]);
  });
});

describe("statistics", () => {
  it("of a vat count every connection, and go on counting those that are gone", async () => {
    const { root, server, client } = await pair();
    await root.watch({ watcher: Watcher.serve({}) });
    const same = () => {
      const [here, there] = [server.stats().peers[0], client.stats().peers[0]];
      return here?.traffic.messagesIn === there?.traffic.messagesOut;
    };
    await until(same); // the Finish is still on its way
    const [peer] = server.stats().peers;
    const [other] = client.stats().peers;
    expect(peer?.peer).toBe(client.identity.id);
    expect(peer?.traffic).toEqual({
      messagesIn: other?.traffic.messagesOut,
      messagesOut: other?.traffic.messagesIn,
      bytesIn: other?.traffic.bytesOut,
      bytesOut: other?.traffic.bytesIn,
      capabilitiesIn: 1,
      capabilitiesOut: 1,
    });
    await client.close();
    await until(() => server.stats().peers.length === 0);
    expect(server.stats().total.bytesIn).toBeGreaterThanOrEqual(peer?.traffic.bytesIn ?? Infinity);
  });

  it("of an object are in its dump when the vat counts them, and only then", async () => {
    const { root, server } = await pair({ statistics: true });
    await root.add({ amount: 1 });
    await root.add({ amount: 1 });
    const [counted] = server.inspect()[0]?.exports ?? [];
    expect(counted?.statistics).toMatchObject({ messagesIn: 2, messagesOut: 2 });
    expect(counted?.lastCall?.method).toBe("counter.capnp:Counter.add");

    const plain = await pair();
    await plain.root.add({ amount: 1 });
    expect(plain.server.inspect()[0]?.exports[0]?.statistics).toBeNull();
  });

  it("of a call can be read while it runs", async () => {
    const { root, counter } = await pair();
    let bytesIn = 0;
    counter.whoami = (_, call) => {
      ({ bytesIn } = call.stats);
      expect(call.stats).toMatchObject({ messagesIn: 1, messagesOut: 0, bytesOut: 0 });
      return { peer: "", principal: "", transport: "local", method: "" };
    };
    await root.whoami();
    expect(bytesIn).toBeGreaterThan(64);
  });
});
