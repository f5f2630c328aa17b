import { expect, it } from "vitest";
import { type Hook, PromiseHook } from "../../src/rpc/index.ts";
import { call, type MadeCall } from "../support/made-call.ts";
import { expectCleanEnd, SimulatedNetwork } from "../support/simulated-network.ts";
import { TestContent } from "../support/test-content.ts";

/** A call "foo" that has arrived, and a call "early" pipelined on it. */
function arrived() {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  const cap = foo.pipeline();
  const early = call(cap, "early");
  network.settle();
  const taken = root.takes("foo");
  const setPipeline = (...caps: readonly Hook[]) =>
    taken.call.setPipeline({ content: new TestContent("pipeline"), caps });
  const end = (...held: readonly (MadeCall | Hook)[]) =>
    expectCleanEnd(network, foo, cap, early, desk, ...held);
  return { network, server, cap, foo, early, taken, setPipeline, end };
}

it("pipelined calls go on before the method has returned", () => {
  const { network, server, cap, early, taken, setPipeline, end } = arrived();
  const inner = server.object("inner");
  setPipeline(inner.ref());
  server.turn();
  inner.takes("early").returns("");
  const middle = call(cap, "middle");
  network.settle();
  inner.takes("middle").returns("");
  taken.returns("", inner.ref());
  network.settle();
  expect([early.outcome, middle.outcome]).toEqual(["", ""]);
  const late = call(cap, "late");
  network.settle();
  inner.takes("late").returns("");
  end(middle, late);
});

it("when the result is not the set capability yet, later calls wait until it is", () => {
  const { network, server, cap, early, taken, setPipeline, end } = arrived();
  const inner = server.object("inner");
  const promise = new PromiseHook(server.turns);
  setPipeline(promise.retain()); // "early" waits in it
  taken.returns("", inner.ref());
  network.settle();
  const late = call(cap, "late");
  network.settle();
  expect(inner.arrived).toEqual([]);
  promise.resolve(inner.ref());
  server.turn();
  inner.takes("early").returns("");
  inner.takes("late").returns("");
  network.settle();
  expect([early.outcome, late.outcome]).toEqual(["", ""]);
  end(late, promise);
});

it("when the result turns out to be another capability, later calls fail", () => {
  const { network, server, cap, taken, setPipeline, end } = arrived();
  const inner = server.object("inner");
  const other = server.object("other");
  const promise = new PromiseHook(server.turns);
  setPipeline(promise.retain());
  taken.returns("", inner.ref());
  network.settle();
  promise.resolve(other.ref());
  network.settle();
  other.takes("early").returns("");
  const late = call(cap, "late");
  network.settle();
  expect(late.error?.message).toContain("another capability than setPipeline did");
  end(late, promise);
});

it("when nobody has pipelined, the result may be anything", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  network.settle();
  const taken = root.takes("foo");
  const caps = [server.object("inner").ref()];
  taken.call.setPipeline({ content: new TestContent(""), caps });
  const other = server.object("other");
  taken.returns("", other.ref());
  network.settle();
  const bar = call(foo.payload!.caps[0]!, "bar");
  network.settle();
  other.takes("bar").returns("");
  expectCleanEnd(network, foo, bar, desk);
});
