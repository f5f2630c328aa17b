import { describe, expect, it } from "vitest";
import { BrokenHook, PromiseHook, RpcError, servantOf } from "../../src/rpc/index.ts";
import { call } from "../support/made-call.ts";
import { expectCleanEnd, SimulatedNetwork } from "../support/simulated-network.ts";

function connected() {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  network.settle();
  return { network, client, server, root, desk };
}

describe("a capability", () => {
  it("that comes back is itself, and is called with zero messages", () => {
    const { network, client, server, root, desk } = connected();
    const mine = client.object("mine");
    const foo = call(desk, "foo", mine.ref());
    network.settle();
    const taken = root.takes("foo");
    const held = taken.param();
    taken.returns("");
    network.settle();
    const bar = call(desk, "bar");
    network.settle();
    root.takes("bar").returns("", held);
    network.settle();
    const [back] = bar.payload!.caps;
    expect(servantOf(back!)).toBe(mine);
    const baz = call(back!, "baz");
    client.turn();
    mine.takes("baz").returns("");
    expect(server.expected()).toEqual([]);
    expectCleanEnd(network, foo, bar, baz, desk);
  });

  it("that is sent twice has one id, and is released by count", () => {
    const { network, client, server, root, desk } = connected();
    const mine = client.object("mine");
    const foo = call(desk, "foo", mine.ref(), mine.ref());
    network.settle();
    expect(client.connection().dump().exports).toMatchObject([{ references: 2, label: "mine" }]);
    const taken = root.takes("foo");
    expect(taken.call.params.caps[0]).toBe(taken.call.params.caps[1]);
    taken.returns("");
    network.settle();
    expect(server.connection().stats.imports).toBe(0);
    expectCleanEnd(network, foo, desk);
  });

  it("has the same id as the promises that became it", () => {
    const { network, client, root, desk } = connected();
    const mine = client.object("mine");
    const promise = new PromiseHook(client.turns);
    promise.resolve(mine.ref());
    const foo = call(desk, "foo", promise.retain(), mine.ref());
    network.settle();
    expect(client.connection().dump().exports).toMatchObject([{ references: 2, label: "mine" }]);
    root.takes("foo").returns("");
    expectCleanEnd(network, foo, promise, desk);
  });

  it("that is a promise has one id, too, and one Resolve", () => {
    const { network, client, server, root, desk } = connected();
    const promise = new PromiseHook(client.turns);
    const foo = call(desk, "foo", promise.retain(), promise.retain());
    network.settle();
    promise.resolve(client.object("mine").ref());
    expect(server.expected()).toEqual(["resolve: senderHosted"]);
    root.takes("foo").returns("");
    expectCleanEnd(network, foo, promise, desk);
  });

  it("that is broken is sent as a promise and its end", () => {
    const { network, client, server, root, desk } = connected();
    const broken = new BrokenHook(client.turns, RpcError.overloaded("worn out"));
    const foo = call(desk, "foo", broken);
    server.receives("call foo");
    server.receives("resolve: exception: worn out");
    const taken = root.takes("foo");
    expect(taken.call.params.caps[0]?.broken?.kind).toBe("overloaded");
    taken.returns("");
    expectCleanEnd(network, foo, desk);
  });

  it("that was released while it was being sent again stays", () => {
    const { network, client, server, root, desk } = connected();
    const theirs = server.object("theirs");
    const foo = call(desk, "foo");
    network.settle();
    root.takes("foo").returns("", theirs.ref());
    network.settle();
    const bar = call(desk, "bar");
    network.settle();
    root.takes("bar").returns("", theirs.ref());
    server.turn();
    foo.release(); // crosses
    client.receives("return: ");
    server.receives("release");
    server.receives("finish");
    const baz = call(bar.payload!.caps[0]!, "baz");
    network.settle();
    theirs.takes("baz").returns("");
    expectCleanEnd(network, bar, baz, desk);
  });

  it("tells when its connection is lost, even one that is settled", () => {
    const { network, client, server, desk } = connected();
    const heard: (string | undefined)[] = [];
    const takeBack = desk.whenResolved((resolution) => heard.push(resolution.broken?.message));
    desk.resolved().whenResolved((resolution) => heard.push(resolution.broken?.kind));
    takeBack();
    client.loses(server);
    expect(heard).toEqual(["disconnected"]);
    expect(desk.broken).toMatchObject({ kind: "disconnected" });
    expectCleanEnd(network, desk);
  });

  it("of one connection is proxied on another, in order and cancellable", () => {
    const network = new SimulatedNetwork();
    const alice = network.vat("alice");
    const bob = network.vat("bob");
    const carol = network.vat("carol");
    network.connect(alice, bob);
    network.connect(bob, carol);
    bob.offers = bob.object("bob's root");
    carol.offers = carol.object("carol's root");
    const toBob = alice.bootstrap();
    const get = call(toBob, "get");
    network.settle();
    bob.offers.takes("get").returns("", bob.bootstrap(carol)); // still a promise
    const cap = get.pipeline();
    const first = call(cap, "first");
    const second = call(cap, "second");
    network.settle();
    const third = call(cap, "third");
    network.settle();
    carol.offers.takes("first").returns("one");
    const canceled = carol.offers.takes("second");
    carol.offers.takes("third").returns("three");
    second.release();
    network.settle();
    expect(canceled.canceled).toBe(true);
    expect([first.outcome, third.outcome]).toEqual(["one", "three"]);
    bob.loses(carol);
    network.settle();
    const late = call(cap, "late");
    network.settle();
    expect(late.error?.kind).toBe("disconnected");
    expectCleanEnd(network, get, first, third, late, cap, toBob);
  });
});

describe("results", () => {
  it("are released when both the call and what was pipelined are", () => {
    const { network, client, server, root, desk } = connected();
    const theirs = server.object("theirs");
    const foo = call(desk, "foo");
    const cap = foo.pipeline();
    network.settle();
    root.takes("foo").returns("", theirs.ref());
    network.settle();
    foo.release();
    network.settle();
    expect(client.connection().stats.imports).toBe(2);
    cap.release();
    network.settle();
    expect(client.connection().stats.imports).toBe(1);
    expectCleanEnd(network, desk);
  });

  it("of a call that was let go still serve the calls that were pipelined on them", () => {
    const { network, server, root, desk } = connected();
    const theirs = server.object("theirs");
    const foo = call(desk, "foo");
    const cap = foo.pipeline();
    const bar = call(cap, "bar");
    foo.release();
    cap.release();
    server.receives("call foo");
    server.receives("call bar");
    server.receives("finish, releasing the results");
    const taken = root.takes("foo");
    expect(taken.canceled).toBe(false); // "bar" still waits for it
    taken.returns("", theirs.ref());
    server.turn();
    theirs.takes("bar").returns("done");
    network.settle();
    expect(bar.outcome).toBe("done");
    expectCleanEnd(network, bar, desk);
  });

  it("that name a capability that is not in the table are an exception for who uses it", () => {
    const { network, client, server, root, desk } = connected();
    const foo = call(desk, "foo");
    const cap = foo.pipeline(3);
    network.settle();
    root.takes("foo").returns("", server.object("theirs").ref());
    network.settle();
    expect(cap.broken?.message).toBe("capability 3 is not in the capability table");
    expect(client.closes).toEqual([]);
    expectCleanEnd(network, foo, cap, desk);
  });
});

describe("a connection", () => {
  it("is idle before and after, and sends nothing then", () => {
    const network = new SimulatedNetwork();
    const { client, server, root } = network.pair();
    expect(client.connection().idle).toBe(true);
    const desk = client.bootstrap();
    expect(client.connection().idle).toBe(false);
    network.settle();
    const foo = call(desk, "foo");
    network.settle();
    root.takes("foo").returns("");
    network.settle();
    foo.release();
    desk.release();
    network.settle();
    expect([client.connection().idle, server.connection().idle]).toEqual([true, true]);
    client.connection().disconnect(RpcError.disconnected("bye"));
    expect(server.expected()).toEqual([]);
    network.expectEverythingReleased();
  });

  it("is idle when nothing is left but Returns of calls that were given up", () => {
    const network = new SimulatedNetwork();
    const { client, server, root } = network.pair();
    const desk = client.bootstrap();
    network.settle();
    const foo = call(desk, "foo");
    server.receives("call foo");
    desk.release();
    expect(client.connection().idle).toBe(false);
    foo.release();
    expect(client.connection().idle).toBe(true);
    network.settle();
    root.takes("foo");
    expectCleanEnd(network);
  });

  it("ignores everything once it is over", () => {
    const { network, client, server, desk } = connected();
    client.loses(server);
    client.receivesForged({ is: "bootstrap", questionId: 1 });
    client.receivesForged({ is: "release", id: 0, referenceCount: 9 });
    client.connection().abort(RpcError.failed("again"));
    expect(client.closes.length).toBe(1);
    const late = client.bootstrap();
    expect(late.broken?.kind).toBe("disconnected");
    expectCleanEnd(network, desk);
  });

  it("of a vat with itself works like any other", () => {
    const network = new SimulatedNetwork();
    const vat = network.vat("vat");
    const root = vat.object("root");
    vat.offers = root;
    network.connect(vat, vat);
    const desk = vat.bootstrap();
    const foo = call(desk, "foo", root.ref());
    network.settle();
    const taken = root.takes("foo");
    const back = taken.param();
    taken.returns("done");
    network.settle();
    expect(foo.outcome).toBe("done");
    expectCleanEnd(network, foo, back, desk);
  });
});
