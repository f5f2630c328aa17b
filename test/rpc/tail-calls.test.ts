import { expect, it } from "vitest";
import { BrokenHook, RpcError } from "../../src/rpc/index.ts";
import { forged } from "../support/forged.ts";
import { call } from "../support/made-call.ts";
import { expectCleanEnd, SimulatedNetwork } from "../support/simulated-network.ts";
import { request } from "../support/test-content.ts";

it("a tail call to the caller's own object sends no results over the wire", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair({ tailCalls: true });
  const mine = client.object("mine");
  const desk = client.bootstrap();
  const foo = call(desk, "foo", mine.ref());
  const result = foo.pipeline();
  const before = call(result, "before");
  network.settle();
  const taken = root.takes("foo");
  const callback = taken.param();
  taken.call.tailCall(callback, request("tail"));
  callback.release();
  client.receives("call tail");
  client.receives("call before"); // came back; it waits for "tail"
  client.receives("return: take from other question"); // of "before"
  client.receives("return: take from other question"); // of "foo"
  const after = call(result, "after"); // ours, so behind an embargo
  const inner = client.object("inner");
  mine.takes("tail").returns("from mine", inner.ref());
  expect(foo.outcome).toBe("from mine");
  client.turn();
  inner.takes("before").returns("first");
  expect(before.outcome).toBe("first");
  expect(inner.arrived).toEqual([]);
  server.receives("finish"); // of "before"
  server.receives("disembargo request");
  client.receives("release"); // of the callback
  client.receives("finish, releasing the results"); // of "before" as it came back
  client.receives("disembargo reply");
  inner.takes("after").returns("second");
  expect(after.outcome).toBe("second");

  expectCleanEnd(network, foo, result, before, after, desk);
});

/** The server has made a tail call of "foo" at the client's own object. */
function handedBack(tailCalls: boolean) {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair({ tailCalls });
  const mine = client.object("mine");
  const desk = client.bootstrap();
  const foo = call(desk, "foo", mine.ref());
  network.settle();
  const taken = root.takes("foo");
  const callback = taken.param();
  taken.call.tailCall(callback, request("tail"));
  callback.release();
  return { network, client, server, root, mine, desk, foo };
}

it("a tail call that the peer refuses fails the call, and not the connection", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair({ tailCalls: true, limits: { maxAnswers: 1 } });
  const mine = client.object("mine");
  const desk = client.bootstrap();
  network.settle();
  const foo = call(desk, "foo", mine.ref());
  network.settle();
  const taken = root.takes("foo");
  const callback = taken.param();
  const busy = call(callback, "busy");
  taken.call.tailCall(callback, request("tail", callback.retain()));
  const result = foo.pipeline();
  client.receives("call busy");
  client.receives("call tail"); // one too many
  client.receives("return: take from other question");
  expect(foo.error).toMatchObject({ kind: "overloaded" });
  server.receives("return: results sent elsewhere");
  expect(call(result, "after").error).toMatchObject({ kind: "overloaded" });
  mine.takes("busy").returns("");
  expectCleanEnd(network, foo, result, busy, callback, desk);
});

it("a tail call to a peer that may not know of it sends the results both ways", () => {
  const { network, client, server, mine, desk, foo } = handedBack(false);
  client.receives("call tail");
  expect(client.last).toMatchObject({ sendResultsTo: "caller" });
  client.receives("release");
  mine.takes("tail").returns("from mine");
  server.receives("return: from mine");
  client.receives("return: from mine");
  expect(foo.outcome).toBe("from mine");
  expectCleanEnd(network, foo, desk);
});

it("cancelling a tail call cancels what it became", () => {
  const { network, client, server, mine, desk, foo } = handedBack(true);
  client.receives("call tail");
  client.receives("return: take from other question");
  const taken = mine.takes("tail");
  server.receives("finish"); // "foo" has returned, though nobody has the results yet
  foo.release();
  client.receives("release");
  client.receives("finish, releasing the results");
  client.turn();
  expect(taken.canceled).toBe(true);
  server.receives("return: canceled");
  expectCleanEnd(network, desk);
});

it("cancelling races with a tail call, and nothing is left", () => {
  const { network, client, server, mine, desk, foo } = handedBack(true);
  server.turn(); // the tail call and the Return are under way
  foo.release();
  client.receives("call tail");
  client.receives("return: take from other question"); // too late
  server.receives("finish, releasing the results");
  client.receives("release");
  client.receives("finish, releasing the results");
  expect(mine.takes("tail").canceled).toBe(true);
  expectCleanEnd(network, desk);
});

it("a tail call keeps the order of what is pipelined on it", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const helper = server.object("helper");
  const inner = server.object("inner");
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  const cap = foo.pipeline();
  const calls = ["one", "two"].map((method) => call(cap, method));
  network.settle();
  root.takes("foo").call.tailCall(helper.hook, request("tail"));
  calls.push(call(cap, "three"));
  network.settle();
  helper.takes("tail").returns("", inner.ref());
  network.settle();
  calls.push(call(cap, "four"));
  network.settle();
  for (const method of ["one", "two", "three", "four"]) inner.takes(method).returns("");
  network.settle();
  expectCleanEnd(network, foo, cap, ...calls, desk);
});

it("a call that made a tail call has run, whatever becomes of that", () => {
  const vat = new SimulatedNetwork().vat("vat");
  const object = vat.object("object");
  const foo = call(object.hook, "foo");
  vat.turn();
  const broken = new BrokenHook(vat.turns, RpcError.failed("gone", { executed: "no" }));
  object.takes("foo").call.tailCall(broken, request("tail"));
  expect(foo.error).toMatchObject({ message: "gone", executed: "maybe" });
  foo.release();
  vat.expectEverythingReleased();
});

it.each([
  ["a call that was not to keep its results", "caller"],
  ["a call whose results were taken already", "yourself"],
] as const)("results may not be taken from %s", (_, sendResultsTo) => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  network.settle();
  const calls = [call(desk, "a"), call(desk, "b")];
  network.settle();
  client.offers = client.object("mine");
  client.receivesForged({ is: "bootstrap", questionId: 6 });
  const target = { is: "promisedAnswer", answer: { questionId: 6, transform: [] } } as const;
  client.receivesForged(forged.call({ questionId: 7, target, sendResultsTo }));
  for (const answerId of sendResultsTo === "caller" ? [0] : [0, 1]) {
    const outcome = { is: "takeFromOtherQuestion", questionId: 7 } as const;
    client.receivesForged(forged.return({ answerId, outcome }));
  }
  expect(client.closes).toMatchObject([{ code: "PROTOCOL" }]);
  for (const method of ["a", "b"]) root.takes(method);
  client.offers.takes("forged");
  client.loses(server);
  expectCleanEnd(network, ...calls, desk);
});

it("a call that was let go of counts no longer once it has become a tail call", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair({ tailCalls: true });
  const mine = client.object("mine");
  const desk = client.bootstrap();
  const foo = call(desk, "foo", mine.ref());
  const cap = foo.pipeline();
  const slow = call(cap, "slow");
  const result = slow.pipeline();
  const later = call(result, "later");
  slow.release();
  result.release();
  network.settle();
  const connection = server.connection();
  expect(connection.callsUnderWay).toBe(3);
  const taken = root.takes("foo");
  taken.returns("", taken.param());
  server.turn();
  expect(connection.callsUnderWay).toBe(2); // foo is there, and later waits at the client
  network.settle();
  mine.takes("slow").returns("", mine.ref());
  network.settle();
  mine.takes("later").returns("");
  network.settle();
  expect(later.outcome).toBe("");

  for (const one of [foo, cap, later, desk]) one.release();
  network.settle();
  expect(connection.callsUnderWay).toBe(0);
  network.expectEverythingReleased();
});
