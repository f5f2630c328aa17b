import { expect, it } from "vitest";
import { call } from "../support/made-call.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";
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

  for (const one of [foo, result, before, after, desk]) one.release();
  network.settle();
  network.expectEverythingReleased();
});
