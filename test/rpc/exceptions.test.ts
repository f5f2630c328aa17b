import { describe, expect, it } from "vitest";
import { CODE_DETAIL_ID } from "../../src/rpc/exception-message.ts";
import { type ExceptionDetail, type ExceptionKind, RpcError } from "../../src/rpc/index.ts";
import { forged } from "../support/forged.ts";
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

/** The error of a call whose Return brought these details. */
function failedWith(kind: ExceptionKind, details: readonly ExceptionDetail[]) {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  network.settle();
  const foo = call(desk, "foo");
  network.settle();
  root.takes("foo");
  const outcome = { is: "exception", exception: { kind, reason: "why", details } } as const;
  client.receivesForged(forged.return({ answerId: 0, outcome }));
  const { error } = foo;
  client.loses(server);
  expectCleanEnd(network, foo, desk);
  return error!;
}

function codeDetail(code: string): ExceptionDetail {
  return { id: CODE_DETAIL_ID, data: new Uint8Array(Buffer.from(code, "latin1")) };
}

describe("the code of a thrown error", () => {
  it.each(["CANCELED", "REVOKED", "EXPIRED", "PERMISSION_DENIED", "LOAN_OVERDUE", "X".repeat(64)])(
    "crosses the wire: %s",
    (code) => {
      const network = new SimulatedNetwork();
      const { client, root } = network.pair();
      const desk = client.bootstrap();
      const foo = call(desk, "foo");
      network.settle();
      const details = [codeDetail("SPOOFED"), { id: 7n, data: new Uint8Array([1]) }];
      root.takes("foo").call.throws(new RpcError("disconnected", "why", { code, details }));
      network.settle();
      expect(foo.error).toMatchObject({ code, kind: "disconnected", blame: "peer" });
      expect(foo.error?.details).toEqual(details.slice(1));
      expectCleanEnd(network, foo, desk);
    },
  );

  it.each(["TIMEOUT", "PROTOCOL", "FAILED", "lowercase", "", "X".repeat(65), "NO SPACE", "1ST"])(
    "stays at home: %j",
    (code) => {
      const network = new SimulatedNetwork();
      const { client, root } = network.pair();
      const desk = client.bootstrap();
      const foo = call(desk, "foo");
      network.settle();
      root.takes("foo").call.throws(new RpcError("overloaded", "why", { code }));
      network.settle();
      const last = client.last?.is === "return" ? client.last.outcome : undefined;
      expect(last).toMatchObject({ exception: { details: undefined } });
      expect(foo.error?.code).toBe("OVERLOADED");
      expectCleanEnd(network, foo, desk);
    },
  );

  it.each(["TIMEOUT", "PROTOCOL", "UNIMPLEMENTED", "lowercase", "", "X".repeat(65), "\u00c4"])(
    "is not taken from a peer that must not say so: %j",
    (code) => {
      const error = failedWith("failed", [codeDetail(code)]);
      expect(error).toMatchObject({ code: "FAILED", blame: "peer", details: undefined });
    },
  );

  it("is the first that the peer gives, and no detail for the application", () => {
    const other = { id: 7n, data: new Uint8Array([1]) };
    const error = failedWith("failed", [other, codeDetail("FIRST"), codeDetail("SECOND")]);
    expect(error.code).toBe("FIRST");
    expect(error.details).toEqual([other]);
  });

  it("passes through several vats", () => {
    const network = new SimulatedNetwork();
    const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => network.vat(name));
    network.connect(alice!, bob!);
    network.connect(bob!, carol!);
    carol!.offers = carol!.object("root");
    bob!.offers = bob!.object("root");
    const toBob = alice!.bootstrap();
    const get = call(toBob, "get");
    network.settle();
    bob!.offers.takes("get").returns("", bob!.bootstrap(carol));
    const cap = get.pipeline();
    const foo = call(cap, "foo");
    network.settle();
    carol!.offers.takes("foo").call.throws(RpcError.failed("no", { code: "EXPIRED" }));
    network.settle();
    expect(foo.error).toMatchObject({ code: "EXPIRED", message: "remote exception: no" });
    expectCleanEnd(network, get, cap, foo, toBob);
  });
});
