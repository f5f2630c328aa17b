import { expect, it } from "vitest";
import { call } from "../support/made-call.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";

it("a call returns", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  const foo = call(desk, "foo");

  server.receives("bootstrap");
  client.receives("return: the root");
  server.receives("call foo");
  root.takes("foo").returns("bar");
  server.receives("finish"); // of the bootstrap
  client.receives("return: bar"); // no capabilities in it, so no Finish follows
  expect(foo.outcome).toBe("bar");

  foo.release();
  desk.release();
  server.receives("release");
  network.expectEverythingReleased();
});

it("a failing call keeps the connection", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  server.receives("bootstrap");
  server.receives("call foo");
  root.takes("foo").throws("no such book");
  client.receives("return: the root");
  client.receives("return: exception: no such book");
  expect(foo.outcome).toBe("failed: remote exception: no such book");

  const again = call(desk, "again");
  server.receives("finish");
  server.receives("finish");
  server.receives("call again");
  root.takes("again").returns("done");
  client.receives("return: done");
  expect(again.outcome).toBe("done");

  foo.release();
  again.release();
  desk.release();
  network.settle();
  network.expectEverythingReleased();
});

it("calls pipeline to any depth on results that are not there", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const inner = server.object("inner");
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  const fooCap = foo.pipeline();
  const bar = call(fooCap, "bar");
  const barCap = bar.pipeline();
  const baz = call(barCap, "baz");

  server.receives("bootstrap");
  server.receives("call foo");
  server.receives("call bar"); // waits for foo
  server.receives("call baz"); // waits for bar
  expect(inner.arrived).toEqual([]);
  root.takes("foo").returns("foo done", inner.ref());
  server.turn();
  inner.takes("bar").returns("bar done", inner.ref());
  server.turn();
  inner.takes("baz").returns("baz done");

  client.receives("return: the root");
  client.receives("return: foo done");
  client.receives("return: bar done");
  client.receives("return: baz done");
  expect(baz.outcome).toBe("baz done");
  for (const one of [foo, bar, baz, fooCap, barCap, desk]) one.release();
  network.settle();
  network.expectEverythingReleased();
});

it("calls through a result that turns out to be the caller's own keep their order", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const mine = client.object("mine");
  const desk = client.bootstrap();
  const identity = call(desk, "identity", mine.ref());
  const back = identity.pipeline();
  const first = call(back, "Message-1");

  server.receives("bootstrap");
  server.receives("call identity");
  server.receives("call Message-1");
  const taken = root.takes("identity");
  taken.returns("same", taken.param());
  client.receives("return: the root");
  client.receives("call Message-1"); // the pipelined call comes back
  const second = call(back, "Message-2");
  client.receives("return: same");
  const third = call(back, "Message-3"); // behind the embargo
  server.receives("finish"); // of the bootstrap
  server.receives("call Message-2"); // was sent before the Return came
  server.receives("disembargo request");
  client.receives("call Message-2");
  client.turn();
  mine.takes("Message-1").returns("one");
  mine.takes("Message-2").returns("two");
  expect(mine.arrived).toEqual([]);
  client.receives("disembargo reply"); // only now may Message-3 be delivered
  mine.takes("Message-3").returns("three");
  network.settle();
  expect([first, second, third].map(({ outcome }) => outcome)).toEqual(["one", "two", "three"]);

  for (const one of [first, second, third, identity, back, desk]) one.release();
  network.settle();
  network.expectEverythingReleased();
});

it("calls through one result keep their order, however often it is asked for", () => {
  const vat = new SimulatedNetwork().vat("vat");
  const object = vat.object("object");
  const foo = call(object.hook, "foo");
  const left = foo.pipeline();
  const right = foo.pipeline();
  const calls = [call(left, "a"), call(right, "b"), call(left, "c")];
  vat.turn();
  object.takes("foo").returns("", object.ref());
  vat.turn();
  for (const method of ["a", "b", "c"]) object.takes(method).returns("");
  for (const one of [foo, left, right, ...calls]) one.release();
  vat.expectEverythingReleased();
});

it("promises that wait for one another fail instead of waiting for ever", () => {
  const vat = new SimulatedNetwork().vat("vat");
  const object = vat.object("object");
  const foo = call(object.hook, "foo");
  const result = foo.pipeline();
  const bar = call(result, "bar"); // waits for foo ...
  const knot = bar.pipeline();
  vat.turn();
  object.takes("foo").returns("", knot.retain()); // ... which returns what bar will
  expect(bar.error?.message).toBe("a promise was resolved to itself");
  for (const one of [foo, result, bar, knot]) one.release();
  vat.expectEverythingReleased();
});
