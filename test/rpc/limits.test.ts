import { describe, expect, it } from "vitest";
import {
  CAPABILITY_WORDS,
  DEFAULT_RPC_LIMITS,
  MAX_PATHS,
  type Message,
  type RpcLimits,
} from "../../src/rpc/index.ts";
import { forged } from "../support/forged.ts";
import { call } from "../support/made-call.ts";
import { expectCleanEnd, SimulatedNetwork } from "../support/simulated-network.ts";
import { request, TestContent } from "../support/test-content.ts";

function limited(limits: Partial<RpcLimits>) {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair({ limits });
  const desk = client.bootstrap();
  network.settle();
  return { network, client, server, root, desk };
}

function callOf(questionId: number, sizeWords: number, caps = 0): Message {
  const capTable = Array.from({ length: caps }, (_, id) => ({ is: "senderHosted", id }) as const);
  return forged.call({
    questionId,
    params: { content: new TestContent("forged", sizeWords), capTable },
  });
}

/** What the peer is answered, once it has asked too much, and how the connection ends. */
const floods: Readonly<Record<string, [Partial<RpcLimits>, (index: number) => Message, string]>> = {
  calls: [{ maxAnswers: 2 }, (index) => callOf(index, 0), "too many calls under way"],
  words: [{ maxCallWords: 20 }, (index) => callOf(index, 10), "too many words of calls under way"],
};

it("a refused call whose Return nobody looks at gives its parameters back by Release", () => {
  const { network, client, server, root, desk } = limited({ maxAnswers: 1 });
  const mine = client.object("mine");
  const first = call(desk, "first");
  const second = desk.call({ ...request("second", mine.ref()), onlyPipeline: true });
  server.receives("call first");
  server.receives("call second");
  client.receives("release");
  client.receives("return: exception: too many calls under way");
  expect(mine.hook.references).toBe(1);
  root.takes("first").returns("");
  second.release();
  expectCleanEnd(network, first, desk);
});

describe("a peer that floods us with", () => {
  it.each(Object.entries(floods))("%s is told so, then cut off", (_, [limits, flood, reason]) => {
    const { network, client, server, root, desk } = limited(limits);
    const bystander = server.object("bystander");
    for (const index of [10, 11]) server.receivesForged(flood(index));
    expect(client.refuses()).toEqual([]);
    for (const index of [12, 13]) server.receivesForged(flood(index));
    for (const message of client.refuses()) {
      expect(message).toMatchObject({
        is: "return",
        releaseParamCaps: true,
        outcome: { exception: { kind: "overloaded", reason } },
      });
    }
    expect(server.closes).toEqual([]);
    server.receivesForged(flood(14));
    expect(server.closes).toMatchObject([{ code: "OVERLOADED", blame: "peer" }]);
    expect(root.arrived).toEqual(["forged", "forged"]);
    expect(bystander.hook.references).toBe(1);
    client.refuses();
    client.connection().abort(server.closes[0]!);
    server.refuses();
    expectCleanEnd(network, desk);
  });

  it("calls that it gives up at once is told so while their methods go on", () => {
    const { network, client, server, root, desk } = limited({ maxAnswers: 2, maxCallWords: 20 });
    for (const questionId of [10, 11]) {
      server.receivesForged(callOf(questionId, 10));
      server.receivesForged(forged.finish({ questionId }));
    }
    const stats = { answers: 0, canceledAnswers: 2, callWords: 20 };
    expect(server.connection().stats).toMatchObject(stats);
    client.refuses();
    server.receivesForged(callOf(12, 0));
    expect(client.refuses()).toMatchObject([
      { outcome: { exception: { kind: "overloaded", reason: "too many calls under way" } } },
    ]);
    server.receivesForged(forged.finish({ questionId: 12 }));
    root.takes("forged").returns("too late");
    root.takes("forged").throws("too late");
    expect(server.connection().stats).toMatchObject({ canceledAnswers: 0, callWords: 0 });
    server.receivesForged(callOf(13, 0));
    expect(client.refuses()).toEqual([]);
    root.takes("forged").returns("in time");
    client.refuses();
    expectCleanEnd(network, desk);
  });

  it("capabilities in one message is told so, then cut off", () => {
    const { network, client, server, desk } = limited({ maxCapTable: 2 });
    server.receivesForged(callOf(10, 0, 3));
    expect(client.refuses()).toMatchObject([{ outcome: { exception: { kind: "overloaded" } } }]);
    expect(server.connection().stats.imports).toBe(0);
    server.receivesForged(callOf(11, 0, 5));
    expect(server.closes).toMatchObject([{ code: "OVERLOADED" }]);
    client.refuses();
    client.connection().abort(server.closes[0]!);
    server.refuses();
    expectCleanEnd(network, desk);
  });

  it("capabilities in calls under way is told so: each counts as words", () => {
    const { network, client, server, root, desk } = limited({ maxCallWords: CAPABILITY_WORDS });
    for (const questionId of [10, 11]) server.receivesForged(callOf(questionId, 0, 1));
    const reason = "too many words of calls under way";
    expect(client.refuses()).toMatchObject([{ answerId: 11, outcome: { exception: { reason } } }]);
    server.receivesForged(forged.finish({ questionId: 11 }));
    root.takes("forged").returns("");
    client.refuses();
    expect(server.connection().stats.callWords).toBe(0);
    expectCleanEnd(network, desk);
  });

  it("capabilities that we are to hold is told so, then cut off", () => {
    const { network, client, server, root, desk } = limited({ maxImports: 3 });
    server.receivesForged(callOf(10, 0, 2));
    server.receivesForged(callOf(11, 0, 2));
    expect(client.refuses()).toMatchObject([
      { outcome: { exception: { kind: "overloaded", reason: "too many capabilities are held" } } },
    ]);
    expect(server.connection().stats.imports).toBe(2);
    server.receivesForged(callOf(12, 0, 0));
    expect(root.arrived).toEqual(["forged", "forged"]);
    server.receivesForged(callOf(13, 0, 5));
    expect(server.closes).toMatchObject([{ code: "OVERLOADED" }]);
    client.refuses();
    client.connection().abort(server.closes[0]!);
    server.refuses();
    expectCleanEnd(network, desk);
  });

  it("capabilities in results that we are to hold is not told, and they go back", () => {
    const { network, client, server, root, desk } = limited({ maxImports: 2 });
    const foo = call(desk, "foo");
    network.settle();
    root.takes("foo").returns("", server.object("one").ref(), server.object("two").ref());
    network.settle();
    expect(foo.error).toMatchObject({ kind: "overloaded" });
    expect(client.connection().stats.imports).toBe(1); // the root
    expectCleanEnd(network, foo, desk);
  });

  it("calls that wait for one another is told so", () => {
    const { network, client, root, desk } = limited({ maxPipelineDepth: 2 });
    const calls = [call(desk, "first")];
    const caps = [];
    for (const method of ["second", "third", "fourth"]) {
      const cap = calls.at(-1)!.pipeline();
      caps.push(cap);
      calls.push(call(cap, method));
    }
    network.settle();
    expect(calls.map(({ error }) => error?.kind)).toEqual([
      undefined,
      undefined,
      undefined,
      "overloaded",
    ]);
    root.takes("first").throws("enough");
    expect(client.closes).toEqual([]);
    expectCleanEnd(network, ...calls, ...caps, desk);
  });

  it("ever new paths into one call finds what is beyond the limit broken", () => {
    const { network, client, server, root, desk } = limited({});
    server.receivesForged(callOf(10, 0));
    const first = root.takes("forged");
    const paths = (from: number) =>
      Array.from({ length: MAX_PATHS + 1 }, (_, index) => {
        const answer = { questionId: 10, transform: [from + index, 0] };
        return { is: "receiverAnswer", answer } as const;
      });
    for (const from of [0, 5000]) {
      const params = { content: new TestContent("paths"), capTable: paths(from) };
      server.receivesForged(forged.call({ questionId: 11, params }));
      const taken = root.takes("paths");
      const kinds = taken.call.params.caps.map((cap) => cap?.broken?.kind);
      expect(kinds.slice(0, -1)).toEqual(Array.from({ length: MAX_PATHS }, () => undefined));
      expect(kinds.at(-1)).toBe("overloaded");
      taken.returns(""); // what nobody holds is forgotten
      client.refuses();
    }
    first.returns("");
    client.refuses();
    expectCleanEnd(network, desk);
  });

  it.each([
    ["a call at a peer", false, false],
    ["a call at a peer, though let go of, when they were called", true, true],
  ])("paths into %s counts those that must be remembered", (_, isCalled, isRefused) => {
    const { network, root, desk } = limited({});
    const foo = call(desk, "foo");
    for (let index = 0; index < MAX_PATHS; index += 1) {
      const cap = foo.results.pipeline([index]);
      if (isCalled) call(cap, "bar").release();
      cap.release();
    }
    const beyond = foo.results.pipeline([MAX_PATHS]);
    expect(beyond.broken !== undefined).toBe(isRefused);
    network.settle();
    root.takes("foo").returns("");
    expectCleanEnd(network, foo, beyond, desk);
  });

  it("too long a path is answered an exception", () => {
    const { network, client, server, root, desk } = limited({ maxPathLength: 2 });
    const foo = call(desk, "foo");
    const cap = foo.results.pipeline([0, 0, 0]);
    const bar = call(cap, "bar");
    network.settle();
    expect(bar.error?.message).toBe("remote exception: too long a path");
    expect(server.closes).toEqual([]);
    root.takes("foo").returns("");
    expect(client.closes).toEqual([]);
    expectCleanEnd(network, foo, cap, bar, desk);
  });

  it("Disembargos that must wait is cut off", () => {
    const { network, client, server, root, desk } = limited({ maxEmbargoes: 1 });
    const foo = call(desk, "foo");
    network.settle();
    const target = { is: "promisedAnswer", answer: { questionId: 0, transform: [0] } } as const;
    for (const embargoId of [1, 2]) {
      const context = { is: "senderLoopback", embargoId } as const;
      server.receivesForged({ is: "disembargo", target, context });
    }
    expect(server.closes).toMatchObject([{ code: "OVERLOADED" }]);
    root.takes("foo");
    client.receives("abort: twice as many embargoes as allowed");
    expectCleanEnd(network, foo, desk);
  });
});

it("reading goes on when too much is asked, so calls the other way cannot deadlock", () => {
  const { network, client, server, root, desk } = limited({ maxAnswers: 1 });
  const mine = client.object("mine");
  const foo = call(desk, "foo", mine.ref());
  network.settle();
  const taken = root.takes("foo");
  const callback = taken.param();
  const reverse = call(callback, "reverse");
  const extra = call(desk, "extra");
  server.receives("call extra"); // one too many
  client.receives("call reverse");
  client.receives("return: exception: too many calls under way");
  expect(extra.error?.kind).toBe("overloaded");
  mine.takes("reverse").returns("done");
  network.settle();
  expect(reverse.outcome).toBe("done");
  taken.returns("");
  expectCleanEnd(network, foo, extra, reverse, callback, desk);
});

describe("what we would send too much of fails here:", () => {
  it("calls, of which none has left", () => {
    const { network, root, desk } = limited({ maxQuestions: 1 });
    const first = call(desk, "first");
    const second = call(desk, "second");
    expect(second.error).toMatchObject({ kind: "overloaded", executed: "no" });
    network.settle();
    root.takes("first").returns("");
    network.settle();
    expectCleanEnd(network, first, second, desk);
  });

  it("calls, of which those given up do not count while a peer owes their Return", () => {
    const { network, client, server, root, desk } = limited({
      maxQuestions: 1,
      maxCanceledQuestions: 2,
    });
    const giveUp = (method: string) => {
      call(desk, method).release();
      server.receives(`call ${method}`);
      server.receives("finish, releasing the results");
    };
    giveUp("a");
    giveUp("b");
    const withheld = client.refuses(); // as if the peer never returned
    expect(client.connection().stats).toMatchObject({ questions: 2, canceledQuestions: 2 });
    const third = call(desk, "c");
    expect(third.error).toBeUndefined();
    third.release();
    const fourth = call(desk, "d");
    expect(fourth.error).toMatchObject({ kind: "overloaded", executed: "no" });
    for (const message of withheld) client.receivesForged(message);
    const fifth = call(desk, "e");
    network.settle();
    for (const method of ["a", "b", "c"]) root.takes(method);
    root.takes("e").returns("");
    network.settle();
    expect(fifth.outcome).toBe("");
    expect(client.connection().stats.canceledQuestions).toBe(0);
    expectCleanEnd(network, fourth, fifth, desk);
  });

  it("one call with too many words, and no other", () => {
    const { network, client, root, desk } = limited({ maxCallWords: 5 });
    const { interfaceId, methodId, params } = request("");
    const huge = { content: new TestContent("huge", 6), caps: params.caps };
    const results = desk.call({ interfaceId, methodId, params: huge });
    const small = call(desk, "small");
    network.settle();
    root.takes("small").returns("");
    network.settle();
    expect(small.outcome).toBe("");
    expect(client.closes).toEqual([]);
    expectCleanEnd(network, results, small, desk);
  });

  it("capabilities in results, instead of which the call is overloaded", () => {
    const { network, server, root, desk } = limited({ maxExports: 1 });
    const foo = call(desk, "foo");
    network.settle();
    root.takes("foo").returns("", server.object("theirs").ref());
    network.settle();
    expect(foo.error?.kind).toBe("overloaded");
    expectCleanEnd(network, foo, desk);
  });
});

it("results with more capabilities than we take fail the call and are given back unseen", () => {
  const network = new SimulatedNetwork();
  const client = network.vat("client");
  const server = network.vat("server");
  const root = server.object("root");
  server.offers = root;
  network.connect(client, server, { limits: { maxCapTable: 2 } }, {});
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  network.settle();
  const theirs = server.object("theirs");
  root.takes("foo").returns("", theirs.ref(), theirs.ref(), theirs.ref());
  network.settle();
  expect(foo.error?.kind).toBe("overloaded");
  expect(client.connection().stats.imports).toBe(1);
  expect(server.connection().stats.exports).toBe(1);
  expectCleanEnd(network, foo, desk);
});

it("every limit has a default", () => {
  for (const limit of Object.values(DEFAULT_RPC_LIMITS)) expect(limit).toBeGreaterThan(0);
});
