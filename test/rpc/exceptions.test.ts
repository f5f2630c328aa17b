import { expect, it } from "vitest";
import { type ExceptionKind, RpcError } from "../../src/rpc/index.ts";
import { call } from "../support/made-call.ts";
import { expectCleanEnd, SimulatedNetwork } from "../support/simulated-network.ts";

it.each<ExceptionKind>(["failed", "overloaded", "disconnected", "unimplemented"])(
  "the kind %s crosses the wire, with trace and details",
  (kind) => {
    const network = new SimulatedNetwork();
    const { client, root } = network.pair();
    const desk = client.bootstrap();
    const foo = call(desk, "foo");
    network.settle();
    const details = [{ id: 7n, data: new Uint8Array([1]) }];
    root.takes("foo").call.throws(new RpcError(kind, "why", { trace: "at home", details }));
    network.settle();
    expect(foo.error).toMatchObject({ kind, trace: "at home", details, blame: "peer" });
    expectCleanEnd(network, foo, desk);
  },
);

it("an error that passes through several vats says once that it is remote", () => {
  const network = new SimulatedNetwork();
  const alice = network.vat("alice");
  const bob = network.vat("bob");
  const carol = network.vat("carol");
  network.connect(alice, bob);
  network.connect(bob, carol);
  const carols = carol.object("root");
  carol.offers = carols;
  bob.offers = bob.object("root");
  const toBob = alice.bootstrap();
  const get = call(toBob, "get");
  network.settle();
  bob.offers.takes("get").returns("", bob.bootstrap(carol));
  network.settle();
  const cap = get.pipeline();
  const foo = call(cap, "foo");
  network.settle();
  carols.takes("foo").throws("no");
  network.settle();
  expect(foo.error?.message).toBe("remote exception: no");
  expectCleanEnd(network, get, cap, foo, toBob);
});

it("an Abort says why, and what was under way may have run", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  network.settle();
  root.takes("foo");
  server.connection().abort(RpcError.failed("enough"));
  client.receives("abort: enough");
  expect(client.closes).toMatchObject([{ code: "DISCONNECTED", blame: "peer" }]);
  expect(foo.error).toMatchObject({ executed: "maybe" });
  expect(foo.error?.message).toContain("enough");
  expectCleanEnd(network, foo, desk);
});
