import { expect, it } from "vitest";
import { type Hook, PromiseHook, RpcError } from "../../src/rpc/index.ts";
import { call } from "../support/made-call.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";

it("a promise parameter is sent at once and resolves later", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const mine = client.object("mine");
  const desk = client.bootstrap();
  const promise = new PromiseHook(client.turns);
  const foo = call(desk, "foo", promise.retain());
  server.receives("bootstrap");
  server.receives("call foo");
  const taken = root.takes("foo");
  const param = taken.param();
  const early = call(param, "early");
  client.receives("return: the root");
  client.receives("call early"); // waits in the promise
  expect(mine.arrived).toEqual([]);

  promise.resolve(mine.ref());
  client.turn();
  mine.takes("early").returns("done");
  server.receives("finish");
  server.receives("resolve: senderHosted");
  server.receives("return: done");
  expect(early.outcome).toBe("done");
  client.receives("release"); // of the promise; its end is an object at the peer, so no embargo
  const late = call(param, "late");
  client.receives("call late");
  mine.takes("late").returns("done");
  taken.returns("");

  for (const one of [early, late, param, foo, promise, desk]) one.release();
  network.settle();
  network.expectEverythingReleased();
});

it("a promise that breaks fails the calls made through it and keeps the connection", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  const promise = new PromiseHook(server.turns);
  const pipelined = foo.pipeline();
  network.settle();
  root.takes("foo").returns("", promise.retain());
  network.settle();
  const bar = call(pipelined, "bar");
  server.receives("call bar");
  promise.break(RpcError.overloaded("too much"));
  client.receives("return: exception: too much");
  client.receives("resolve: exception: too much");
  expect(bar.error?.kind).toBe("overloaded");
  const late = call(pipelined, "late");
  expect(late.error).toMatchObject({ kind: "overloaded", executed: "no" });

  for (const one of [foo, bar, late, pipelined, promise, desk]) one.release();
  network.settle();
  network.expectEverythingReleased();
});

it("a promise that resolves to the caller's own object is embargoed once it was called", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const mine = client.object("mine");
  const desk = client.bootstrap();
  const foo = call(desk, "foo", mine.ref());
  network.settle();
  const promise = new PromiseHook(server.turns);
  const taken = root.takes("foo");
  const back = taken.param();
  taken.returns("", promise.retain());
  network.settle();
  const cap = foo.pipeline();
  const first = call(cap, "Message-1");
  promise.resolve(back);
  client.receives("resolve: receiverHosted");
  const second = call(cap, "Message-2"); // waits
  server.receives("call Message-1");
  server.receives("disembargo request");
  client.receives("call Message-1");
  client.receives("disembargo reply");
  mine.takes("Message-1").returns("one");
  mine.takes("Message-2").returns("two");
  network.settle();
  expect([first.outcome, second.outcome]).toEqual(["one", "two"]);

  for (const one of [foo, first, second, cap, promise, desk]) one.release();
  network.settle();
  network.expectEverythingReleased();
});

it("a promise that was never called is not embargoed", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const mine = client.object("mine");
  const desk = client.bootstrap();
  const foo = call(desk, "foo", mine.ref());
  const cap = foo.pipeline();
  network.settle();
  const taken = root.takes("foo");
  taken.returns("", taken.param());
  client.receives("return: ");
  const first = call(cap, "Message-1");
  client.turn();
  mine.takes("Message-1").returns("one"); // with zero messages
  expect(server.expected()).toEqual(["finish"]); // and no Disembargo

  for (const one of [foo, first, cap, desk]) one.release();
  network.settle();
  network.expectEverythingReleased();
});

it("what is pipelined on a waiting call stays one promise until the call has returned", () => {
  const network = new SimulatedNetwork();
  const { server, client } = network.pair();
  const desk = client.bootstrap();
  const [shelf, book] = [server.object("shelf"), server.object("book")];
  const promise = new PromiseHook(server.turns);
  const take = call(promise, "take");
  const taken = take.pipeline();
  const renew = call(taken, "renew");
  const became: Hook[] = [];
  taken.whenResolved((resolution) => became.push(resolution));

  promise.resolve(shelf.ref());
  server.turn();
  expect(became).toEqual([]); // the call goes on, and the promise with it
  const target = book.ref();
  shelf.takes("take").returns("", target);
  server.turn();
  expect(became).toEqual([target]);
  book.takes("renew").returns("done");
  expect(renew.outcome).toBe("done");

  for (const one of [take, renew, taken, promise, desk]) one.release();
  network.settle();
  network.expectEverythingReleased();
});
