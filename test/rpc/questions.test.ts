import { describe, expect, it } from "vitest";
import { type Message } from "../../src/rpc/index.ts";
import { forged } from "../support/forged.ts";
import { call, type MadeCall } from "../support/made-call.ts";
import { expectCleanEnd, SimulatedNetwork } from "../support/simulated-network.ts";
import { request } from "../support/test-content.ts";

function connected() {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  network.settle();
  return { network, client, server, root, desk };
}

type Kind<K extends Message["is"]> = Extract<Message, { is: K }>;

function lastOf<K extends Message["is"]>(message: Message | undefined, kind: K): Kind<K> {
  expect(message?.is).toBe(kind);
  return message as Kind<K>;
}

describe("a question id", () => {
  it("is free only when Return was received and Finish sent", () => {
    const { network, client, server, root, desk } = connected();
    const foo = call(desk, "foo");
    server.receives("call foo");
    const { questionId } = lastOf(server.last, "call");
    foo.release();
    server.receives("finish, releasing the results");
    const second = call(desk, "second"); // Finish is sent, Return not received
    server.receives("call second");
    expect(lastOf(server.last, "call").questionId).not.toBe(questionId);
    client.receives("return: canceled");
    const third = call(desk, "third");
    server.receives("call third");
    expect(lastOf(server.last, "call").questionId).toBe(questionId);
    root.takes("foo");
    root.takes("second").returns("");
    root.takes("third").returns("");
    network.settle();
    expectCleanEnd(network, second, third, desk);
  });

  it("is the lowest that is free", () => {
    const { network, server, root, desk } = connected();
    const calls = ["a", "b", "c"].map((method) => call(desk, method));
    network.settle();
    for (const method of ["a", "b", "c"]) root.takes(method).returns("");
    network.settle();
    calls.push(call(desk, "d"));
    server.receives("call d");
    expect(lastOf(server.last, "call").questionId).toBe(0);
    root.takes("d").returns("");
    expectCleanEnd(network, ...calls, desk);
  });

  it("is free at once when the Return says that no Finish is needed", () => {
    const { network, client, server, root, desk } = connected();
    const foo = call(desk, "foo");
    network.settle();
    root.takes("foo").returns("");
    client.receives("return: ");
    expect(lastOf(client.last, "return").noFinishNeeded).toBe(true);
    expect(server.expected()).toEqual([]);
    expect(client.connection().stats.questions).toBe(0);
    expectCleanEnd(network, foo, desk);
  });
});

describe("Finish", () => {
  it("follows results with capabilities, whatever their Return says", () => {
    const { network, client, server, root, desk } = connected();
    const foo = call(desk, "foo");
    network.settle();
    root.takes("foo").returns("", server.object("theirs").ref());
    const [message] = client.refuses();
    expect(lastOf(message, "return").noFinishNeeded).toBe(false);
    client.receivesForged({ ...lastOf(message, "return"), noFinishNeeded: true });
    expect(server.expected()).toEqual(["finish"]);
    expectCleanEnd(network, foo, desk);
  });

  it("follows an exception, whatever its Return says", () => {
    const { network, client, server, root, desk } = connected();
    const foo = call(desk, "foo");
    network.settle();
    root.takes("foo").throws("no");
    const [message] = client.refuses();
    expect(lastOf(message, "return").noFinishNeeded).toBe(false);
    client.receivesForged({ ...lastOf(message, "return"), noFinishNeeded: true });
    expect(server.expected()).toEqual(["finish"]);
    expectCleanEnd(network, foo, desk);
  });

  it("releases the results unseen only when it is sent before the Return came", () => {
    const { network, client, server, root, desk } = connected();
    const theirs = server.object("theirs");
    const early = call(desk, "early");
    const late = call(desk, "late");
    network.settle();
    root.takes("early").returns("", theirs.ref());
    root.takes("late").returns("", theirs.ref());
    server.turn();
    early.release();
    client.receives("return: "); // ignored: its capability is not counted here
    expect(client.connection().stats.imports).toBe(1); // the root alone
    client.receives("return: ");
    server.receives("finish, releasing the results");
    server.receives("finish");
    expect(server.connection().dump().exports).toMatchObject([{ id: 0 }, { references: 1 }]);
    expectCleanEnd(network, late, desk);
  });

  it("with releaseResultCaps after the Return releases exactly that Return's references", () => {
    const { network, client, server, root, desk } = connected();
    const theirs = server.object("theirs");
    const calls = [call(desk, "a"), call(desk, "b")];
    network.settle();
    root.takes("a").returns("", theirs.ref());
    root.takes("b").returns("", theirs.ref(), theirs.ref());
    const [first, second] = client.refuses();
    client.receivesForged(first!);
    client.receivesForged(second!);
    const exported = () => server.connection().dump().exports[1]?.references;
    expect(exported()).toBe(3);
    const [, finishB] = server.refuses();
    server.receivesForged({ ...lastOf(finishB, "finish"), releaseResultCaps: true });
    expect(exported()).toBe(1);
    client.loses(server);
    expectCleanEnd(network, ...calls, desk);
  });

  it("comes twice for a call under way only by mistake", () => {
    const { network, client, server, root, desk } = connected();
    const foo = call(desk, "foo");
    network.settle();
    const { questionId } = lastOf(server.last, "call");
    const finish = forged.finish({ questionId, requireEarlyCancellationWorkaround: true });
    const connection = server.connection();
    connection.receive(finish);
    connection.receive(finish);
    server.turn();
    expect(server.closes).toMatchObject([{ code: "PROTOCOL" }]);
    root.takes("foo");
    client.loses(server);
    expectCleanEnd(network, foo, desk);
  });

  it("from an old peer cancels only after the call was delivered", () => {
    const { network, client, server, root, desk } = connected();
    const foo = call(desk, "foo");
    foo.release();
    // Both messages arrive in one event-loop turn.
    const [made, finish] = server.refuses();
    const early = { ...lastOf(finish, "finish"), requireEarlyCancellationWorkaround: true };
    server.connection().receive(made!);
    server.connection().receive(early);
    server.turn();
    const taken = root.takes("foo"); // it was delivered
    client.receives("return: canceled");
    server.turn();
    expect(taken.canceled).toBe(true);
    expectCleanEnd(network, desk);
  });

  it("says that it needs no such consideration itself", () => {
    const { network, server, root, desk } = connected();
    const foo = call(desk, "foo");
    foo.release();
    server.receives("call foo");
    server.receives("finish, releasing the results");
    expect(lastOf(server.last, "finish").requireEarlyCancellationWorkaround).toBe(false);
    root.takes("foo");
    expectCleanEnd(network, desk);
  });

  it("of a call that has not been delivered yet spares the object", () => {
    const { network, client, server, root, desk } = connected();
    const foo = call(desk, "foo");
    foo.release();
    for (const message of server.refuses()) server.connection().receive(message);
    server.turn();
    expect(root.arrived).toEqual([]);
    client.receives("return: canceled");
    expectCleanEnd(network, desk);
  });
});

describe("a Return", () => {
  it("races with cancellation, and one of them owns the outcome", () => {
    const { network, client, server, root, desk } = connected();
    const foo = call(desk, "foo");
    network.settle();
    const taken = root.takes("foo");
    foo.release();
    server.receives("finish, releasing the results");
    taken.returns("too late", server.object("theirs").ref());
    expect(client.expected()).toEqual(["return: canceled"]);
    expectCleanEnd(network, desk);
  });

  it("may say canceled only when we asked for it", () => {
    const { network, client, server, root, desk } = connected();
    const foo = call(desk, "foo");
    network.settle();
    client.receivesForged(forged.return({ answerId: 0, outcome: { is: "canceled" } }));
    expect(client.closes).toMatchObject([{ code: "PROTOCOL" }]);
    root.takes("foo");
    client.loses(server);
    expectCleanEnd(network, foo, desk);
  });

  it("releases parameters only after its results were read, which may name them", () => {
    const { network, client, server, root, desk } = connected();
    const mine = client.object("mine");
    const foo = call(desk, "foo", mine.ref());
    network.settle();
    const taken = root.takes("foo");
    taken.returns("", taken.param());
    const [message] = client.refuses();
    client.receivesForged({ ...lastOf(message, "return"), releaseParamCaps: true });
    expect(client.closes).toEqual([]);
    expect(foo.payload!.caps[0]!.resolved()).toBe(mine.hook);
    server.receives("finish");
    client.receives("release"); // capnp-ts: once more
    expect(client.connection().stats.messagesIgnored).toBe(1);
    expectCleanEnd(network, foo, desk);
  });

  it("never claims to release parameters that we release one by one", () => {
    const { network, client, root, desk } = connected();
    const foo = call(desk, "foo", client.object("mine").ref());
    network.settle();
    root.takes("foo").returns("");
    client.receives("return: ");
    expect(lastOf(client.last, "return").releaseParamCaps).toBe(false);
    client.receives("release");
    expectCleanEnd(network, foo, desk);
  });

  it("with releaseParamCaps gives back one reference for each parameter, no more", () => {
    const { network, client, server, root, desk } = connected();
    const mine = client.object("mine");
    const first = call(desk, "first", mine.ref());
    const twice = call(desk, "twice", mine.ref(), mine.ref());
    network.settle();
    expect(client.connection().dump().exports).toMatchObject([{ references: 3 }]);
    const answerId = lastOf(server.last, "call").questionId;
    client.receivesForged(forged.return({ answerId, releaseParamCaps: true }));
    expect(client.connection().dump().exports).toMatchObject([{ references: 1 }]);
    root.takes("first");
    root.takes("twice");
    client.loses(server);
    expectCleanEnd(network, first, twice, desk);
  });

  it("of a kind that is not understood fails the call and is echoed", () => {
    const { network, client, server, root, desk } = connected();
    const foo = call(desk, "foo");
    network.settle();
    root.takes("foo");
    const { questionId } = lastOf(server.last, "call");
    client.receivesForged(forged.return({ answerId: questionId, outcome: { is: "unknown" } }));
    expect(foo.error?.kind).toBe("unimplemented");
    expect(server.expected()).toEqual(["unimplemented: return: unknown", "finish"]);
    client.loses(server);
    expectCleanEnd(network, foo, desk);
  });
});

describe("ids that releaseParamCaps freed", () => {
  it("are not used again once the peer has released them twice", () => {
    const { network, client, server, root, desk } = connected();
    const made: MadeCall[] = [];
    const exportIds = ["a", "b", "c"].map((method) => {
      const foo = call(desk, method, client.object(method).ref());
      made.push(foo);
      network.settle();
      const sent = lastOf(server.last, "call");
      root.takes(method).returns("");
      const [message, release] = client.refuses();
      client.receivesForged({ ...lastOf(message, "return"), releaseParamCaps: true });
      client.receivesForged(release!);
      return sent.params.capTable[0];
    });
    expect(new Set(exportIds.map((cap) => JSON.stringify(cap))).size).toBe(3);
    expectCleanEnd(network, ...made, desk);
  });
});

describe("a call for the pipeline only", () => {
  it("has an id of its own kind, and its Return is ignored", () => {
    const { network, client, server, root, desk } = connected();
    const inner = server.object("inner");
    const results = desk.call({ ...request("foo"), onlyPipeline: true });
    const cap = results.pipeline([0]);
    results.release();
    const bar = call(cap, "bar");
    server.receives("call foo");
    expect(lastOf(server.last, "call")).toMatchObject({ onlyPromisePipeline: true });
    expect(lastOf(server.last, "call").questionId).toBeGreaterThanOrEqual(2 ** 31);
    server.receives("call bar");
    root.takes("foo").returns("", inner.ref());
    client.receives("return: "); // ignored
    expect(client.connection().stats.imports).toBe(1);
    server.turn();
    inner.takes("bar").returns("done");
    client.receives("return: done");
    cap.release();
    server.receives("finish, releasing the results");
    expectCleanEnd(network, bar, desk);
  });

  it("is forwarded without the hint", () => {
    const network = new SimulatedNetwork();
    const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => network.vat(name));
    network.connect(alice!, bob!);
    network.connect(bob!, carol!);
    carol!.offers = carol!.object("root");
    const root = bob!.object("root");
    bob!.offers = root;
    const toBob = alice!.bootstrap();
    const get = call(toBob, "get");
    network.settle();
    root.takes("get").returns("", bob!.bootstrap(carol));
    network.settle();
    const proxied = get.pipeline();
    const results = proxied.call({ ...request("foo"), onlyPipeline: true });
    network.settle();
    expect(lastOf(carol!.last, "call").onlyPromisePipeline).toBe(false);
    carol!.offers.takes("foo").returns("");
    expectCleanEnd(network, results, proxied, get, toBob);
  });
});

describe("a call whose caller promises not to pipeline", () => {
  it("keeps nothing for pipelined calls, and fails them", () => {
    const { network, client, server, root, desk } = connected();
    const theirs = server.object("theirs");
    server.receivesForged(forged.call({ questionId: 7, noPromisePipelining: true }));
    const taken = root.takes("forged");
    const pipelined = (questionId: number) =>
      forged.call({
        questionId,
        target: { is: "promisedAnswer", answer: { questionId: 7, transform: [0] } },
      });
    server.receivesForged(pipelined(8));
    taken.returns("", theirs.ref());
    server.receivesForged(pipelined(9));
    const reason = "this call was said to have nothing pipelined on it";
    expect(client.refuses()).toMatchObject([
      { answerId: 8, outcome: { exception: { reason } } },
      { answerId: 7, outcome: { is: "results" } },
      { answerId: 9, outcome: { exception: { reason } } },
    ]);
    expect(theirs.hook.references).toBe(2); // the test's, and the export's
    client.loses(server);
    expectCleanEnd(network, desk);
  });
});
