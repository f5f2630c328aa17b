import { describe, expect, it } from "vitest";
import { type Message, PromiseHook, RpcError } from "../../src/rpc/index.ts";
import { call } from "../support/made-call.ts";
import { expectCleanEnd, SimulatedNetwork } from "../support/simulated-network.ts";
import { promised, targetNamedIn, outcomes } from "./promised.ts";

describe("a Disembargo", () => {
  it("waits at a target that is still a promise, until it points back", () => {
    const { network, client, server, desk, foo, promise, callback, cap } = promised();
    server.receivesForged({
      is: "disembargo",
      target: { is: "importedCap", id: promiseIdOf(client) },
      context: { is: "senderLoopback", embargoId: 77 },
    });
    expect(client.expected()).toEqual([]);
    const first = call(cap, "Message-1");
    server.receives("call Message-1"); // drained before the echo
    promise.resolve(callback);
    expect(client.expected()).toEqual([
      "call Message-1",
      "resolve: receiverHosted",
      "disembargo reply",
    ]);
    server.connection().disconnect(RpcError.disconnected("enough"));
    client.connection().disconnect(RpcError.disconnected("enough"));
    client.refuses();
    server.refuses();
    expectCleanEnd(network, first, foo, desk, promise, cap);
  });

  it("for a promise that turns out not to point back ends the connection", () => {
    const { network, client, server, desk, foo, promise, callback, cap } = promised();
    server.receivesForged({
      is: "disembargo",
      target: { is: "importedCap", id: promiseIdOf(client) },
      context: { is: "senderLoopback", embargoId: 77 },
    });
    promise.resolve(server.object("theirs").hook);
    expect(server.closes).toEqual([]);
    server.turn();
    expect(server.closes).toMatchObject([{ code: "PROTOCOL" }]);
    expectCleanEnd(network, foo, desk, promise, callback, cap);
  });

  function promiseIdOf(client: ReturnType<typeof promised>["client"]): number {
    return client
      .connection()
      .dump()
      .imports.find(({ state }) => state === "promise")!.id;
  }
});

describe("after Resolve", () => {
  it("the promise's id forwards strictly to what was described (the Tribble 4-way race)", () => {
    const { network, client, server, mine, desk, foo, promise, callback, cap } = promised();
    // The server resolves its promise to a promise of the client's ...
    const local = new PromiseHook(client.turns);
    const give = call(desk, "give", local.retain());
    network.settle();
    const given = server.offers!.takes("give").param();
    promise.resolve(given);
    // ... which resolves to the client's object, and the server hears of it before Message-1.
    local.resolve(mine.ref());
    const first = call(cap, "Message-1");
    server.receives("resolve: senderHosted");
    server.receives("call Message-1");
    client.receives("resolve: receiverHosted");
    const { resolution } = client.last as Extract<Message, { is: "resolve" }>;
    const described = resolution as { cap: { id: number } };
    const second = call(cap, "Message-2");
    client.receives("call Message-1");
    expect(client.last).toMatchObject({ target: { id: described.cap.id } }); // strictly the promise
    server.receives("disembargo request");
    client.receives("disembargo reply");
    expect(client.last).toMatchObject({ target: { id: described.cap.id } });
    mine.takes("Message-1").returns("one");
    mine.takes("Message-2").returns("two");
    network.settle();
    expect(outcomes(first, second)).toEqual(["one", "two"]);
    expectCleanEnd(network, give, first, second, foo, desk, promise, callback, local, cap);
  });

  it("and after Return, a result forwards strictly to what was described", () => {
    const network = new SimulatedNetwork();
    const { client, server, root } = network.pair();
    const mine = client.object("mine");
    const local = new PromiseHook(client.turns);
    const desk = client.bootstrap();
    const foo = call(desk, "foo", local.retain());
    const cap = foo.pipeline();
    network.settle();
    const taken = root.takes("foo");
    taken.returns("", taken.param()); // the client's own promise ...
    server.turn();
    local.resolve(mine.ref()); // ... which resolves before the Return arrives
    const first = call(cap, "Message-1");
    server.receives("resolve: senderHosted");
    server.receives("call Message-1");
    client.receives("return: ");
    const described = targetNamedIn(client.last);
    const second = call(cap, "Message-2");
    client.receives("release"); // of the object: nobody at the server holds the promise any more
    client.receives("call Message-1");
    expect(client.last).toMatchObject({ target: described });
    network.settle();
    for (const method of ["Message-1", "Message-2"]) mine.takes(method).returns("");
    expectCleanEnd(network, first, second, foo, cap, desk, local);
  });

  it("a question stays open while something must be addressed strictly to its results", () => {
    const { network, client, server, root, mine, desk, foo, promise, callback, cap } = promised();
    // The server's promise becomes a result that it has asked the client for ...
    const ask = call(callback, "ask");
    const result = ask.pipeline();
    const theirs = server.object("theirs");
    const give = call(callback, "give", theirs.ref());
    network.settle();
    promise.resolve(result);
    // ... and which turns out to be an object of the server's own.
    const asked = mine.takes("ask");
    const given = mine.takes("give");
    asked.returns("", given.param());
    given.returns("");
    const first = call(cap, "Message-1");
    server.receives("return: "); // of "ask": it must not be finished yet
    server.receives("return: ");
    server.receives("call Message-1");
    client.receives("resolve: receiverAnswer");
    client.receives("disembargo request"); // the promise counts as called: it was handed out
    client.receives("call Message-1"); // on the results of "ask"
    expect(client.last).toMatchObject({ target: { is: "promisedAnswer" } });
    network.settle();
    const second = call(cap, "Message-2");
    network.settle();
    theirs.takes("Message-1").returns("one");
    theirs.takes("Message-2").returns("two");
    expect(root.arrived).toEqual([]);
    network.settle();
    expect(outcomes(first, second)).toEqual(["one", "two"]);
    expect(client.closes.concat(server.closes)).toEqual([]);
    expectCleanEnd(network, ask, give, first, second, foo, desk, promise, callback, cap);
  });

  it("a late one for a released import only drops the replacement", () => {
    const { network, client, server, desk, foo, promise, callback, cap } = promised();
    const theirs = server.object("theirs");
    cap.release();
    foo.release(); // the import goes with them
    promise.resolve(theirs.ref());
    client.receives("resolve: senderHosted");
    server.receives("release"); // of the promise
    server.receives("release"); // of the replacement, which nobody holds
    expectCleanEnd(network, desk, promise, callback);
  });

  it("a promise that became another local promise needs no message", () => {
    const { network, client, server, desk, foo, promise, callback, cap } = promised();
    const second = new PromiseHook(server.turns);
    promise.resolve(second.retain());
    expect(client.expected()).toEqual([]);
    second.resolve(server.object("theirs").ref());
    expect(client.expected()).toEqual(["resolve: senderHosted"]);
    expectCleanEnd(network, foo, desk, promise, second, callback, cap);
  });

  it("a resolved promise is never described: what it became is", () => {
    const { network, client, server, desk, foo, promise, callback, cap } = promised();
    const theirs = server.object("theirs");
    const again = call(desk, "again");
    server.receives("call again");
    promise.resolve(theirs.ref());
    server.offers!.takes("again").returns("", promise.retain());
    client.receives("resolve: senderHosted");
    client.receives("return: ");
    expect(client.last).toMatchObject({
      outcome: { payload: { capTable: [{ is: "senderHosted" }] } },
    });
    expectCleanEnd(network, foo, again, desk, promise, callback, cap);
  });

  it("of a promise to itself, the promise is broken", () => {
    const { network, client, desk, foo, promise, callback, cap } = promised();
    const { id } = client
      .connection()
      .dump()
      .imports.find(({ state }) => state === "promise")!;
    client.receivesForged({
      is: "resolve",
      promiseId: id,
      resolution: { is: "cap", cap: { is: "senderPromise", id } },
    });
    expect(cap.broken?.message).toBe("a promise was resolved to itself");
    expect(client.closes).toEqual([]);
    promise.break(RpcError.failed("over"));
    client.refuses(); // the server's own Resolve, which the forged one took the place of
    expectCleanEnd(network, foo, desk, promise, callback, cap);
  });
});
