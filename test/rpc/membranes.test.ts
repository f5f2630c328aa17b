import { expect, it } from "vitest";
import { Membrane, PromiseHook, revocable, RpcError, servantOf } from "../../src/rpc/index.ts";
import { call } from "../support/made-call.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";
import { request } from "../support/test-content.ts";

it("revoking a reference fails its calls in flight and its future ones", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const inner = server.object("inner");
  const lent = revocable(inner.ref());
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  const cap = foo.pipeline();
  network.settle();
  root.takes("foo").returns("", lent.hook);
  network.settle();
  const slow = call(cap, "slow");
  network.settle();
  const taken = inner.takes("slow");
  lent.revoke();
  const late = call(cap, "late");
  network.settle();
  expect(taken.canceled).toBe(true);
  for (const one of [slow, late]) {
    expect(one.error).toMatchObject({
      kind: "disconnected",
      message: "remote exception: the capability was revoked",
    });
  }
  const local = call(lent.hook.retain(), "local");
  expect(local.error).toMatchObject({ code: "REVOKED", executed: "no" });

  for (const one of [slow, late, local, foo, cap, desk]) one.release();
  network.settle();
  network.expectEverythingReleased();
});

it("revoking a reference ends the calls that others wait for, too", () => {
  const vat = new SimulatedNetwork().vat("vat");
  const inner = vat.object("inner");
  const lent = revocable(inner.ref());
  const held = call(lent.hook, "held");
  const dropped = call(lent.hook, "let go");
  const caps = [held.pipeline(), dropped.pipeline()];
  dropped.release();
  vat.turn();
  const taken = [inner.takes("held"), inner.takes("let go")];
  lent.revoke();
  vat.turn();
  expect(taken.map(({ canceled }) => canceled)).toEqual([true, true]);
  expect(caps.map(({ broken }) => broken?.code)).toEqual(["REVOKED", "REVOKED"]);
  for (const one of [held, ...caps, lent.hook]) one.release();
  vat.turn();
  vat.expectEverythingReleased();
});

it("revoking a reference to a peer's object fails its calls under way", () => {
  const network = new SimulatedNetwork();
  const { client, root } = network.pair();
  const lent = revocable(client.bootstrap());
  const slow = call(lent.hook, "slow");
  network.settle();
  const taken = root.takes("slow");
  lent.revoke();
  network.settle();
  expect(slow.error?.code).toBe("REVOKED");
  expect(taken.canceled).toBe(true);
  for (const one of [slow, lent.hook]) one.release();
  network.settle();
  network.expectEverythingReleased();
});

it("what goes into a membrane and comes out again is itself", () => {
  const vat = new SimulatedNetwork().vat("vat");
  const inside = vat.object("inside");
  const outside = vat.object("outside");
  const membrane = new Membrane(vat.turns);
  const door = membrane.wrap(inside.ref());
  const foo = call(door, "foo", outside.ref());
  const back = foo.pipeline();
  const early = call(back, "early");
  vat.turn();
  const taken = inside.takes("foo");
  const seen = taken.param();
  expect(servantOf(seen)).toBeUndefined(); // wrapped, for the inside
  taken.returns("", seen);
  expect(servantOf(back)).toBe(outside);
  expect(servantOf(foo.payload!.caps[0]!)).toBe(outside);
  const late = call(back, "late");
  vat.turn();
  outside.takes("early").returns("");
  outside.takes("late").returns("");
  for (const one of [foo, back, early, late, door]) one.release();
  vat.expectEverythingReleased();
});

it("revoking a membrane cuts all that has crossed it, both ways", () => {
  const vat = new SimulatedNetwork().vat("vat");
  const inside = vat.object("inside");
  const outside = vat.object("outside");
  const membrane = new Membrane(vat.turns);
  const door = membrane.wrap(inside.ref());
  const foo = call(door, "foo", outside.ref());
  vat.turn();
  const callback = inside.takes("foo").param();
  const bar = call(callback, "bar");
  vat.turn();
  membrane.revoke(RpcError.failed("closed", { code: "REVOKED" }));
  expect(foo.error?.code).toBe("REVOKED");
  expect(bar.error?.code).toBe("REVOKED");
  expect(callback.broken?.code).toBe("REVOKED");
  vat.turn();
  expect(outside.takes("bar").canceled).toBe(true);
  for (const one of [foo, bar, callback, door]) one.release();
  vat.turn();
  vat.expectEverythingReleased();
});

it("a membrane's policy may refuse calls, each way", () => {
  const vat = new SimulatedNetwork().vat("vat");
  const inside = vat.object("inside");
  const denied = RpcError.failed("permission denied", { code: "PERMISSION_DENIED" });
  const membrane = new Membrane(vat.turns, { inward: () => denied });
  const door = membrane.wrap(inside.ref());
  const foo = call(door, "foo", door.retain());
  expect(foo.error).toMatchObject({ code: "PERMISSION_DENIED", executed: "no" });
  for (const one of [foo, door]) one.release();
  vat.expectEverythingReleased();
});

it("a promise seen through a membrane resolves through it", () => {
  const vat = new SimulatedNetwork().vat("vat");
  const inside = vat.object("inside");
  const membrane = new Membrane(vat.turns);
  const promise = new PromiseHook(vat.turns);
  const door = membrane.wrap(promise.retain());
  const first = call(door, "first");
  expect(door.settled).toBe(false);
  promise.resolve(inside.ref());
  const second = call(door, "second");
  vat.turn();
  inside.takes("first").returns("");
  inside.takes("second").returns("");
  const again = membrane.wrap(inside.ref());
  expect(again.resolved()).toBe(door.resolved());
  for (const one of [first, second, door, again, promise]) one.release();
  vat.expectEverythingReleased();
});

it("a reference that goes while its membrane is being revoked goes once", () => {
  const vat = new SimulatedNetwork().vat("vat");
  const membrane = new Membrane(vat.turns);
  const promises = [new PromiseHook(vat.turns), new PromiseHook(vat.turns)] as const;
  const [first, second] = promises.map((promise) => membrane.wrap(promise.retain()));
  first!.whenResolved(() => {
    second!.release();
  });
  membrane.revoke();
  first!.release();
  for (const promise of promises) {
    expect(promise.references).toBe(1);
    promise.release();
  }
});

it.each([
  ["before it was revoked", true],
  ["and when it was revoked, not before", false],
])("counts a call whose method takes no notice, given up %s, until that ends", (_, early) => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const lent = revocable(root.ref());
  server.root = () => lent.hook.retain();
  const desk = client.bootstrap();
  const slow = call(desk, "slow");
  const cap = early ? slow.pipeline() : undefined;
  const later = cap && call(cap, "later"); // so that the call goes on without its results
  network.settle();
  const taken = root.takes("slow");
  if (early) {
    cap?.release();
    slow.release();
    network.settle();
  }
  lent.revoke();
  network.settle();
  expect(taken.canceled).toBe(true);
  if (!early) {
    expect(slow.error).toMatchObject({ kind: "disconnected" });
    slow.release();
  }
  later?.release();
  network.settle();
  const connection = server.connection();
  expect(connection.stats.answers).toBe(0);
  expect(connection.callsUnderWay).toBe(1);
  taken.returns("");
  expect(connection.callsUnderWay).toBe(0);
  for (const one of [desk, lent.hook]) one.release();
  network.settle();
  network.expectEverythingReleased();
});

it("counts a call of our own that came back as a tail call until its method has ended, though it was revoked", () => {
  const network = new SimulatedNetwork();
  const { client, root } = network.pair({ tailCalls: true });
  const mine = client.object("mine");
  const lent = revocable(client.bootstrap());
  const foo = call(lent.hook, "foo", mine.ref());
  network.settle();
  const taken = root.takes("foo");
  const callback = taken.param();
  taken.call.tailCall(callback, request("slow"));
  callback.release();
  network.settle();
  const slow = mine.takes("slow");
  const connection = client.connection();
  expect(connection.callsUnderWay).toBe(1);
  lent.revoke();
  expect(foo.error).toMatchObject({ code: "REVOKED" });
  for (const one of [foo, lent.hook]) one.release();
  network.settle();
  expect(slow.canceled).toBe(true);
  expect(connection.stats.answers).toBe(0);
  expect(connection.callsUnderWay).toBe(1);
  slow.returns("");
  expect(connection.callsUnderWay).toBe(0);
  network.expectEverythingReleased();
});
