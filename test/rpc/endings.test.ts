import { describe, expect, it } from "vitest";
import { type Connection, type Message, PromiseHook, RpcError } from "../../src/rpc/index.ts";
import { forged } from "../support/forged.ts";
import { call } from "../support/made-call.ts";
import { expectCleanEnd, SimulatedNetwork } from "../support/simulated-network.ts";
import { request, textOf } from "../support/test-content.ts";
import { lineOf } from "../support/transcript.ts";

it("letting go of a call cancels it at the callee and drops its parameters", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const mine = client.object("mine");
  const desk = client.bootstrap();
  const foo = call(desk, "foo", mine.ref());
  network.settle();
  const taken = root.takes("foo");
  foo.release();
  server.receives("finish, releasing the results");
  expect(taken.canceled).toBe(true);
  client.receives("return: canceled");
  client.receives("release"); // of the parameter
  taken.returns("too late");

  desk.release();
  network.settle();
  network.expectEverythingReleased();
});

it("a call that never left is known not to have run, and one that left is not", () => {
  const network = new SimulatedNetwork();
  const { client, server } = network.pair();
  const desk = client.bootstrap();
  const left = call(desk, "left");
  network.settle();
  const waiting = call(desk, "waiting");
  client.loses(server);
  expect(left.error).toMatchObject({ kind: "disconnected", executed: "maybe" });
  expect(waiting.error).toMatchObject({ kind: "disconnected", executed: "no" });
  const late = call(desk, "late");
  expect(late.error).toMatchObject({ kind: "disconnected", executed: "no" });

  for (const one of [left, waiting, late, desk]) one.release();
  network.expectEverythingReleased();
});

it("Finish that crosses results with capabilities leaks nothing", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const inner = server.object("inner");
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  network.settle();
  root.takes("foo").returns("", inner.ref());
  foo.release();
  client.receives("return: ");
  server.receives("finish, releasing the results");

  desk.release();
  network.settle();
  network.expectEverythingReleased();
});

describe("a call that cannot be written", () => {
  function unwritable() {
    const network = new SimulatedNetwork();
    const { client, server, root } = network.pair();
    const desk = client.bootstrap();
    network.settle();
    const mine = client.object("mine");
    const foo = call(desk, "foo", mine.ref());
    const cap = foo.pipeline();
    const bar = call(cap, "bar");
    const next = bar.pipeline();
    const baz = call(next, "baz");
    const other = call(desk, "other");
    const connection = client.connection();
    const write = () => writes(connection, "foo");
    const end = (...held: readonly { release(): void }[]) => {
      root.takes("other").returns("");
      expect(connection.check()).toEqual([]);
      expectCleanEnd(network, other, desk, ...held);
    };
    return { server, connection, mine, foo, cap, bar, next, baz, write, end };
  }

  it("fails here, and takes along what stands on its results", () => {
    const { server, connection, mine, foo, cap, bar, next, baz, write, end } = unwritable();
    const written = write();
    expect(written.map(lineOf)).toEqual(["call other"]);
    for (const { error } of [foo, bar, baz]) {
      expect(error).toMatchObject({ message: "no room", blame: "caller", executed: "no" });
    }
    expect(mine.hook.references).toBe(1);
    expect(connection.stats).toMatchObject({ questions: 1, exports: 0 });
    for (const message of written) server.receivesForged(message);
    end(foo, cap, bar, next, baz);
  });

  it("is not finished either, when it was given up meanwhile", () => {
    const { server, connection, foo, cap, bar, next, baz, write, end } = unwritable();
    for (const one of [baz, next, bar, cap, foo]) one.release();
    const written = write();
    expect(written.map(lineOf)).toEqual(["call other"]);
    expect(connection.stats).toMatchObject({ questions: 1, canceledQuestions: 0, exports: 0 });
    for (const message of written) server.receivesForged(message);
    end();
  });
});

/** As the driver does, one after the other of what is on the list by then; one call cannot be written. */
function writes(connection: Connection, unwritable: string): readonly Message[] {
  const written: Message[] = [];
  for (const action of connection.takeActions()) {
    if (action.is === "close") continue;
    if (action.is === "call" && textOf(action.params.content) === unwritable) {
      connection.unsendable(action, RpcError.overloaded("no room"));
    } else {
      written.push(action);
    }
  }
  return written;
}

describe("what names the results of a call that cannot be written", () => {
  it("names a broken capability instead, among parameters", () => {
    const network = new SimulatedNetwork();
    const { client, server, root } = network.pair();
    const desk = client.bootstrap();
    network.settle();
    const foo = call(desk, "foo");
    const cap = foo.pipeline();
    const bar = call(desk, "bar", cap.retain());
    const connection = client.connection();
    const written = [...writes(connection, "foo"), ...writes(connection, "foo")];
    expect(written.map(lineOf)).toEqual(["call bar", "resolve: exception: no room"]);
    const baz = call(desk, "baz"); // under the id of "foo"
    for (const message of written) server.receivesForged(message);
    network.settle();
    const taken = root.takes("bar");
    const used = call(taken.call.params.caps[0]!, "used");
    expect(used.error).toMatchObject({ message: "remote exception: no room" });
    taken.returns("");
    root.takes("baz").returns("");
    network.settle();
    expect([bar.outcome, baz.outcome]).toEqual(["", ""]);
    expectCleanEnd(network, foo, cap, bar, baz, used, desk);
  });

  it("gives the broken capability back with the parameters", () => {
    const network = new SimulatedNetwork();
    const { client, server, root } = network.pair();
    const desk = client.bootstrap();
    network.settle();
    const foo = call(desk, "foo");
    const bar = call(desk, "bar", foo.pipeline());
    const connection = client.connection();
    writes(connection, "foo");
    writes(connection, "foo");
    client.receivesForged(
      forged.return({ answerId: 1, releaseParamCaps: true, noFinishNeeded: true }),
    );
    expect(connection.stats).toMatchObject({ questions: 0, exports: 0 });
    client.loses(server);
    expect(root.arrived).toEqual([]);
    expectCleanEnd(network, foo, bar, desk);
  });

  it.each([
    ["is broken, in results", false],
    ["is null, in results that nobody waits for", true],
  ])("%s", (_, finished) => {
    const network = new SimulatedNetwork();
    const { client, server, root } = network.pair();
    const mine = client.object("mine");
    const desk = client.bootstrap();
    const foo = call(desk, "foo", mine.ref());
    network.settle();
    const taken = root.takes("foo");
    const back = call(taken.call.params.caps[0]!, "back");
    taken.returns("", back.pipeline());
    const connection = server.connection();
    if (finished) connection.receive(forged.finish({ questionId: 1 }));
    const written = [...writes(connection, "back"), ...writes(connection, "back")];
    const [returned] = written;
    const cap = finished ? { is: "none" } : { is: "senderPromise" };
    expect(returned).toMatchObject({ outcome: { payload: { capTable: [cap] } } });
    if (finished) foo.release();
    for (const message of written) client.receivesForged(message);
    network.settle();
    if (!finished) {
      const used = call(foo.payload!.caps[0]!, "used");
      expect(used.error).toMatchObject({ message: "remote exception: no room" });
      foo.release();
    }
    expectCleanEnd(network, back, desk);
  });
});

it("a promise that became a result of a call that cannot be written is broken", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  network.settle();
  const promise = new PromiseHook(client.turns);
  const bar = call(desk, "bar", promise.retain());
  network.settle();
  const foo = call(desk, "foo");
  promise.resolve(foo.pipeline());
  const written = writes(client.connection(), "foo");
  expect(written.map(lineOf)).toEqual(["resolve: exception: no room"]);
  for (const message of written) server.receivesForged(message);
  const taken = root.takes("bar");
  const used = call(taken.call.params.caps[0]!, "used");
  expect(used.error).toMatchObject({ message: "remote exception: no room" });
  taken.returns("");
  expectCleanEnd(network, foo, bar, used, promise, desk);
});

it("a call whose tail call cannot be written fails, though the peer was to keep the results", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair({ tailCalls: true });
  const mine = client.object("mine");
  const desk = client.bootstrap();
  const foo = call(desk, "foo", mine.ref());
  const cap = foo.pipeline();
  const before = call(cap, "before");
  network.settle();
  const taken = root.takes("foo");
  taken.call.tailCall(taken.call.params.caps[0]!, request("tail"));
  const written = writes(server.connection(), "tail");
  for (const message of written) client.receivesForged(message);
  network.settle();
  expect(mine.arrived).toEqual([]);
  for (const { error } of [foo, before]) {
    expect(error).toMatchObject({ message: "remote exception: no room" });
  }
  const after = call(cap, "after");
  expect(after.error).toMatchObject({ message: "remote exception: no room" });
  expectCleanEnd(network, foo, cap, before, after, desk);
});

it("Finish that crosses results that could not be written takes nothing twice", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const inner = server.object("inner");
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  network.settle();
  root.takes("foo").returns("", inner.ref());
  network.settle();
  const again = call(desk, "again");
  network.settle();
  root.takes("again").returns("", inner.ref());
  const [unwritten] = client.refuses();
  again.release();
  server.connection().unsendable(unwritten!, RpcError.failed("too large"));
  server.receives("finish, releasing the results");
  client.receives("return: exception: too large");
  const used = call(foo.payload!.caps[0]!, "used");
  network.settle();
  inner.takes("used").returns("");
  network.settle();
  expect(used.outcome).toBe("");

  for (const one of [foo, used, desk]) one.release();
  network.settle();
  network.expectEverythingReleased();
});

it("results that could not be written cannot be called either", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const inner = server.object("inner");
  const desk = client.bootstrap();
  network.settle();
  server.receivesForged(forged.call({ questionId: 7 }));
  root.takes("forged").returns("", inner.ref());
  const [unwritten] = client.refuses();
  server.connection().unsendable(unwritten!, RpcError.failed("too large"));
  const target = { is: "promisedAnswer", answer: { questionId: 7, transform: [0] } } as const;
  server.receivesForged(forged.call({ questionId: 8, target }));
  expect(client.refuses()).toMatchObject([
    { answerId: 7, outcome: { exception: { reason: "too large" } } },
    { answerId: 8, outcome: { exception: { reason: "too large" } } },
  ]);
  expect(inner.arrived).toEqual([]);
  expect(server.connection().stats.exports).toBe(1); // the root
  for (const questionId of [7, 8]) server.receivesForged(forged.finish({ questionId }));

  desk.release();
  network.settle();
  network.expectEverythingReleased();
});
