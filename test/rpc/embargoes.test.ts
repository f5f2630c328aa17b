import { describe, expect, it } from "vitest";
import { PromiseHook, RpcError } from "../../src/rpc/index.ts";
import { call } from "../support/made-call.ts";
import { expectCleanEnd, SimulatedNetwork } from "../support/simulated-network.ts";
import { promised, outcomes } from "./promised.ts";

describe("an embargo", () => {
  it("is not needed for an object of the promise's own peer", () => {
    const { network, client, server, desk, foo, promise, callback, cap } = promised();
    const theirs = server.object("theirs");
    const first = call(cap, "first");
    promise.resolve(theirs.ref());
    client.receives("resolve: senderHosted");
    const second = call(cap, "second");
    server.receives("call first");
    server.receives("release"); // of the promise, with no Disembargo before it
    server.receives("call second");
    theirs.takes("first").returns("");
    theirs.takes("second").returns("");
    expectCleanEnd(network, first, second, foo, desk, promise, callback, cap);
  });

  it("is not needed for an error, even after calls", () => {
    const { network, client, server, desk, foo, promise, callback, cap } = promised();
    const first = call(cap, "first");
    promise.break(RpcError.failed("no such thing"));
    client.receives("resolve: exception: no such thing");
    const second = call(cap, "second"); // fails at once
    expect(second.error).toMatchObject({ executed: "no" });
    server.receives("call first");
    server.receives("release");
    client.receives("return: exception: no such thing");
    expect(client.connection().stats.embargoes).toBe(0);
    expectCleanEnd(network, first, second, foo, desk, promise, callback, cap);
  });

  it("is not needed for a result that is null", () => {
    const network = new SimulatedNetwork();
    const { client, server, root } = network.pair();
    const desk = client.bootstrap();
    const foo = call(desk, "foo");
    const cap = foo.pipeline();
    const first = call(cap, "first");
    network.settle();
    root.takes("foo").returns("", undefined);
    client.receives("return: exception: this is the null capability");
    client.receives("return: ");
    expect(client.connection().stats.embargoes).toBe(0);
    server.receives("finish");
    server.receives("finish");
    expectCleanEnd(network, first, foo, desk, cap);
  });

  it("is carried over when a called promise becomes another promise of the same peer", () => {
    const { network, client, server, root, mine, desk, foo, promise, callback, cap } = promised();
    const second = new PromiseHook(server.turns);
    const handle = call(desk, "another");
    network.settle();
    // The other promise is known to the client, so the first one resolves to it and not silently.
    root.takes("another").returns("", second.retain());
    network.settle();
    const first = call(cap, "Message-1"); // through the first promise
    promise.resolve(second.retain());
    client.receives("resolve: senderPromise");
    second.resolve(callback);
    client.receives("resolve: receiverHosted");
    const last = call(cap, "Message-2");
    server.receives("call Message-1");
    client.receives("call Message-1");
    client.turn();
    expect(mine.arrived).toEqual(["Message-1"]); // Message-2 waits
    network.settle();
    mine.takes("Message-1").returns("one");
    mine.takes("Message-2").returns("two");
    network.settle();
    expect(outcomes(first, last)).toEqual(["one", "two"]);
    expectCleanEnd(network, handle, first, last, foo, desk, promise, second, cap);
  });

  it("is needed when the peer reflects what already points back at the peer", () => {
    const { network, client, server, desk, foo, promise, callback, cap } = promised();
    const theirs = server.object("theirs");
    // `mine` here is a promise of the client's that has become an object of the server's.
    const local = new PromiseHook(client.turns);
    const give = call(desk, "give", local.retain());
    const get = call(desk, "get");
    network.settle();
    const given = server.offers!.takes("give").param();
    server.offers!.takes("get").returns("", theirs.ref());
    network.settle();
    const first = call(cap, "Message-1");
    promise.resolve(given); // the server describes it as receiverHosted ...
    const theirCap = get.pipeline();
    local.resolve(theirCap); // ... which has become the server's own by the time it arrives
    client.receives("resolve: receiverHosted");
    const second = call(cap, "Message-2");
    server.receives("call Message-1");
    server.receives("resolve: receiverHosted");
    server.receives("disembargo request");
    expect(server.expected()).not.toContain("call Message-2");
    network.settle();
    theirs.takes("Message-1").returns("one");
    theirs.takes("Message-2").returns("two");
    network.settle();
    expect(outcomes(first, second)).toEqual(["one", "two"]);
    expectCleanEnd(network, give, get, first, second, foo, desk, promise, callback, local, cap);
  });

  it("holds back who unwraps the promise, too", () => {
    const { network, client, server, mine, desk, foo, promise, callback, cap } = promised();
    const first = call(cap, "Message-1");
    promise.resolve(callback);
    client.receives("resolve: receiverHosted");
    expect(cap.resolved()).not.toBe(mine.hook);
    expect(cap.settled).toBe(false);
    server.receives("call Message-1");
    server.receives("disembargo request");
    network.settle();
    expect(cap.resolved()).toBe(mine.hook);
    mine.takes("Message-1").returns("one");
    expectCleanEnd(network, first, foo, desk, promise, cap);
  });

  it("is one for all who hold the same result", () => {
    const network = new SimulatedNetwork();
    const { client, root } = network.pair();
    const mine = client.object("mine");
    const desk = client.bootstrap();
    const foo = call(desk, "foo", mine.ref());
    const left = foo.pipeline();
    const first = call(left, "Message-1");
    left.release();
    network.settle();
    const taken = root.takes("foo");
    taken.returns("", taken.param());
    client.receives("call Message-1");
    client.receives("return: ");
    const right = foo.pipeline(); // asked for only now, and in order all the same
    const second = call(right, "Message-2");
    const third = call(foo.payload!.caps[0]!, "Message-3");
    client.turn();
    expect(mine.arrived).toEqual(["Message-1"]);
    network.settle();
    for (const method of ["Message-1", "Message-2", "Message-3"]) mine.takes(method).returns("");
    network.settle();
    expectCleanEnd(network, first, second, third, foo, right, desk);
  });

  it("holds back all who asked for the same result, called or not", () => {
    const network = new SimulatedNetwork();
    const { client, root } = network.pair();
    const mine = client.object("mine");
    const desk = client.bootstrap();
    const foo = call(desk, "foo", mine.ref());
    const left = foo.pipeline();
    const right = foo.pipeline();
    const first = call(right, "Message-1");
    network.settle();
    const taken = root.takes("foo");
    taken.returns("", taken.param());
    client.receives("call Message-1");
    client.receives("return: ");
    const second = call(left, "Message-2");
    client.turn();
    expect(mine.arrived).toEqual(["Message-1"]);
    network.settle();
    for (const method of ["Message-1", "Message-2"]) mine.takes(method).returns("");
    network.settle();
    expectCleanEnd(network, first, second, foo, left, right, desk);
  });

  it("is broken with its connection, and what waited in it has not run", () => {
    const { network, client, server, desk, foo, promise, callback, cap } = promised();
    const first = call(cap, "Message-1");
    promise.resolve(callback);
    client.receives("resolve: receiverHosted");
    const second = call(cap, "Message-2");
    client.loses(server);
    expect(first.error).toMatchObject({ kind: "disconnected", executed: "maybe" });
    expect(second.error).toMatchObject({ kind: "disconnected", executed: "no" });
    expectCleanEnd(network, first, second, foo, desk, promise, cap);
  });

  it("is lifted only once", () => {
    const { network, client, server, desk, foo, promise, callback, cap } = promised();
    const first = call(cap, "Message-1");
    promise.resolve(callback);
    client.receives("resolve: receiverHosted");
    server.receives("call Message-1");
    server.receives("disembargo request");
    client.receives("call Message-1");
    client.receives("disembargo reply");
    client.receivesForged(client.last!);
    expect(client.closes).toMatchObject([{ code: "PROTOCOL", blame: "peer" }]);
    expectCleanEnd(network, first, foo, desk, promise, cap);
  });
});
