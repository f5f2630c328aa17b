import { describe, expect, it } from "vitest";
import { AuthContext } from "../../src/base/index.ts";
import {
  type Hook,
  Membrane,
  type Message,
  mint,
  PromiseHook,
  revocable,
} from "../../src/rpc/index.ts";
import { forged } from "../support/forged.ts";
import { call } from "../support/made-call.ts";
import { peerNamed } from "../support/simulated-host.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";
import { request, TestContent } from "../support/test-content.ts";

describe("aborts", () => {
  const cases: Readonly<Record<string, readonly Message[]>> = {
    "a Return for an unknown question": [forged.return()],
    "a question id that is in use": [forged.call(), forged.call()],
    "a call to an unknown export": [forged.call({ target: { is: "importedCap", id: 99 } })],
    "a Release of more than was sent": [{ is: "release", id: 0, referenceCount: 2 }],
    "a receiverHosted that was never sent": [
      forged.call({
        params: {
          content: new TestContent("forged"),
          capTable: [{ is: "receiverHosted", id: 99 }],
        },
      }),
    ],
    "a Disembargo of an object that is not the sender's": [
      {
        is: "disembargo",
        target: { is: "importedCap", id: 0 },
        context: { is: "senderLoopback", embargoId: 0 },
      },
    ],
    "a Disembargo of an unknown export": [
      {
        is: "disembargo",
        target: { is: "importedCap", id: 99 },
        context: { is: "senderLoopback", embargoId: 0 },
      },
    ],
    "a Disembargo of an unknown answer": [
      {
        is: "disembargo",
        target: { is: "promisedAnswer", answer: { questionId: 99, transform: [] } },
        context: { is: "senderLoopback", embargoId: 0 },
      },
    ],
    "a bootstrap under a question id that is in use": [
      forged.call(),
      { is: "bootstrap", questionId: 7 },
    ],
    "a Disembargo that the peer cannot do": [
      {
        is: "unimplemented",
        message: {
          is: "disembargo",
          target: { is: "importedCap", id: 0 },
          context: { is: "senderLoopback", embargoId: 0 },
        },
      },
    ],
    "Unimplemented for a call that was never made": [
      { is: "unimplemented", message: forged.call() },
    ],
    "an echo of no Disembargo": [
      {
        is: "disembargo",
        target: { is: "importedCap", id: 0 },
        context: { is: "receiverLoopback", embargoId: 0 },
      },
    ],
  };

  it.each(Object.entries(cases))("on %s, and cleans up", (_, messages) => {
    const network = new SimulatedNetwork();
    const { client, server, root } = network.pair();
    const desk = client.bootstrap();
    const foo = call(desk, "foo", client.object("mine").ref());
    network.settle();
    for (const message of messages) server.receivesForged(message);
    expect(server.closes).toMatchObject([{ code: "PROTOCOL", blame: "peer" }]);
    network.settle();
    expect(client.closes).toMatchObject([{ code: "DISCONNECTED", blame: "peer" }]);
    expect(foo.error).toMatchObject({ kind: "disconnected", executed: "maybe" });
    expect(root.takes("foo").call.canceled).toBe(true);
    foo.release();
    desk.release();
    network.settle();
    network.expectEverythingReleased();
  });
});

describe("ignores and counts", () => {
  const cases: Readonly<Record<string, Message>> = {
    "a Finish of an unknown question": forged.finish(),
    "a Release of an unknown export": { is: "release", id: 99, referenceCount: 1 },
    "an echo of Return (Rust)": { is: "unimplemented", message: forged.return() },
    "an echo of Finish": { is: "unimplemented", message: forged.finish() },
    "an echo of an echo": {
      is: "unimplemented",
      message: { is: "unimplemented", message: forged.finish() },
    },
    "a Return to a call that was for the pipeline only": forged.return({ answerId: 2 ** 31 + 5 }),
  };

  it.each(Object.entries(cases))("%s", (_, message) => {
    const network = new SimulatedNetwork();
    const { server } = network.pair();
    server.receivesForged(message);
    expect(server.connection().stats.messagesIgnored).toBe(1);
    expect(server.closes).toEqual([]);
    network.expectEverythingReleased();
  });
});

it("answers a call on an unknown answer with an exception", () => {
  const network = new SimulatedNetwork();
  const { client, server } = network.pair();
  const answer = { questionId: 99, transform: [0] };
  server.receivesForged(forged.call({ target: { is: "promisedAnswer", answer } }));
  expect(client.expected()).toEqual(["return: exception: there is no question 99"]);
});

it.each<[string, Message]>([
  ["results for a third party", forged.call({ sendResultsTo: "thirdParty" })],
  [
    "a Level 3 Disembargo",
    { is: "disembargo", target: { is: "importedCap", id: 0 }, context: { is: "unknown" } },
  ],
  [
    "a resolution of an unknown kind",
    { is: "resolve", promiseId: 3, resolution: { is: "unknown" } },
  ],
])("echoes %s", (_, message) => {
  const network = new SimulatedNetwork();
  const { client, server } = network.pair();
  server.receivesForged(message);
  expect(client.refuses()).toEqual([{ is: "unimplemented", message }]);
  network.expectEverythingReleased();
});

it("holds a capability of an unknown kind as a broken one, and a third party's by its vine", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  network.settle();
  server.receivesForged(
    forged.call({
      params: {
        content: new TestContent("forged"),
        capTable: [{ is: "unknown" }, { is: "thirdPartyHosted", vineId: 5 }, { is: "none" }],
      },
    }),
  );
  const taken = root.takes("forged");
  const [unknown, vine, none] = taken.call.params.caps;
  expect(unknown?.broken?.kind).toBe("failed");
  expect(none).toBeUndefined();
  const bar = call(vine!, "bar");
  expect(client.refuses()).toMatchObject([{ target: { is: "importedCap", id: 5 } }]);
  taken.returns("");
  expect(client.refuses().map(({ is }) => is)).toEqual(["return", "release"]);
  client.loses(server);
  bar.release();
  desk.release();
  network.expectEverythingReleased();
});

it("releases what was in a Resolve that the peer does not implement", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const promise = new PromiseHook(client.turns);
  const desk = client.bootstrap();
  const foo = call(desk, "foo", promise.retain());
  network.settle();
  promise.resolve(client.object("mine").ref());
  const [message] = server.refuses();
  client.receivesForged({ is: "unimplemented", message: message! });
  root.takes("foo").returns("");
  client.receives("return: ");
  client.receives("release");
  for (const one of [foo, promise, desk]) one.release();
  network.settle();
  network.expectEverythingReleased();
});

it("takes back the parameters of a call that was over when the peer did not implement it", () => {
  const network = new SimulatedNetwork();
  const { client, server } = network.pair();
  const mine = client.object("mine");
  const desk = client.bootstrap();
  network.settle();
  desk.call({ ...request("foo", mine.ref()), onlyPipeline: true }).release();
  const [message] = server.refuses();
  client.receivesForged({ is: "unimplemented", message: message! });
  expect(client.closes).toEqual([]);
  expect(client.connection().stats).toMatchObject({ questions: 0, exports: 0 });
  desk.release();
  network.settle();
  network.expectEverythingReleased();
});

it("keeps the messages of one connection from touching another", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const hostile = network.vat("hostile");
  network.connect(hostile, server);
  const desk = client.bootstrap();
  const foo = call(desk, "foo");
  network.settle();
  server.receivesForged(forged.return(), hostile);
  expect(server.closes.length).toBe(1);
  root.takes("foo").returns("unharmed");
  network.settle();
  expect(foo.outcome).toBe("unharmed");
  foo.release();
  desk.release();
  network.settle();
  network.expectEverythingReleased();
});

it("echoes what it does not understand", () => {
  const network = new SimulatedNetwork();
  const { client, server } = network.pair();
  server.receivesForged({ is: "unknown", kind: 12, raw: "Join" });
  client.receives("unimplemented: message of kind 12");
  expect(client.connection().stats.messagesIgnored).toBe(1);
  network.expectEverythingReleased();
});

it("fails a bootstrap and a call that the peer does not implement, and keeps nothing of them", () => {
  const network = new SimulatedNetwork();
  const { client, server } = network.pair();
  const mine = client.object("mine");
  const desk = client.bootstrap();
  const foo = call(desk, "foo", mine.ref());
  for (const message of server.refuses()) {
    client.receivesForged({ is: "unimplemented", message });
  }
  expect(foo.error).toMatchObject({ kind: "unimplemented" });
  expect(desk.broken).toMatchObject({ kind: "unimplemented" });
  foo.release();
  desk.release();
  network.expectEverythingReleased();
});

const BOUNDARIES: Readonly<Record<string, (hook: Hook) => Hook>> = {
  "the object itself": (hook) => hook,
  "a revocable reference": (hook) => revocable(hook).hook,
  "a membrane": (hook) => new Membrane(hook.turns).wrap(hook),
  "a minted reference": (hook) => {
    const terms = { auth: AuthContext.anonymous(), label: undefined, expiresAtMs: undefined };
    const self = peerNamed("server", "local");
    const [refusal, refused, over] = [() => undefined, () => {}, () => {}];
    return mint(hook, { mint: terms, self, deep: false, refusal, refused, over }).hook;
  },
  "one of the other": (hook) => revocable(new Membrane(hook.turns).wrap(hook)).hook,
};

it.each(Object.keys(BOUNDARIES))("counts and ends calls that hold themselves, at %s", (name) => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair({ limits: { maxAnswers: 4 } });
  server.root = () => BOUNDARIES[name]!(root.ref());
  const desk = client.bootstrap();
  network.settle();
  const taken = [10, 20, 30, 40].map((questionId) => {
    const capTable = [{ is: "senderPromise", id: questionId }] as const;
    const params = { content: new TestContent("loop"), capTable };
    server.receivesForged(forged.call({ questionId, params }));
    const answer = { questionId, transform: [0] };
    const cap = { is: "receiverAnswer", answer } as const; // its parameter is its own result
    const resolution = { is: "cap", cap } as const;
    server.receivesForged({ is: "resolve", promiseId: questionId, resolution });
    server.receivesForged(forged.finish({ questionId }));
    return root.takes("loop");
  });
  expect(server.connection().stats.answers).toBe(0);
  expect(taken.map(({ canceled }) => canceled)).toEqual([false, false, false, false]);
  client.refuses();
  server.receivesForged(forged.call({ questionId: 50 }));
  expect(client.refuses()).toMatchObject([{ outcome: { exception: { kind: "overloaded" } } }]);
  taken[0]!.returns("", taken[0]!.param());
  server.receivesForged(forged.finish({ questionId: 50 }));
  server.receivesForged(forged.call({ questionId: 60 }));
  root.takes("forged").returns(""); // there is room again
  client.loses(server);
  expect(taken.map(({ canceled }) => canceled)).toEqual([false, true, true, true]);
  expect(server.connection().callsUnderWay).toBe(0);
  desk.release();
  network.expectEverythingReleased();
});

it("counts and ends calls that hold themselves and had to wait for their target", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const desk = client.bootstrap();
  network.settle();
  server.receivesForged(forged.call({ questionId: 10 }));
  const first = root.takes("forged");
  for (const questionId of [20, 30]) {
    const target = { is: "promisedAnswer", answer: { questionId: 10, transform: [0] } } as const;
    const capTable = [{ is: "senderPromise", id: questionId }] as const;
    const params = { content: new TestContent("loop"), capTable };
    server.receivesForged(forged.call({ questionId, target, params }));
    const answer = { questionId, transform: [0] };
    const cap = { is: "receiverAnswer", answer } as const; // its parameter is its own result
    const resolution = { is: "cap", cap } as const;
    server.receivesForged({ is: "resolve", promiseId: questionId, resolution });
  }
  server.receivesForged(forged.finish({ questionId: 20 }));
  first.returns("", root.ref());
  server.turn();
  server.receivesForged(forged.finish({ questionId: 30 }));
  server.receivesForged(forged.finish({ questionId: 10 }));
  const taken = [root.takes("loop"), root.takes("loop")];
  expect(server.connection().stats.answers).toBe(0);
  expect(server.connection().callsUnderWay).toBe(2);
  client.refuses();
  client.loses(server);
  expect(taken.map(({ canceled }) => canceled)).toEqual([true, true]);
  expect(server.connection().callsUnderWay).toBe(0);
  desk.release();
  network.expectEverythingReleased();
});

it("counts a call through a membrane that others wait for until it ends, and no longer", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  let over = 0;
  const policy = { shallow: true, over: () => (over += 1) };
  server.root = () => new Membrane(server.turns, policy).wrap(root.ref());
  const desk = client.bootstrap();
  network.settle();
  const slow = call(desk, "slow");
  const cap = slow.pipeline();
  const later = call(cap, "later");
  slow.release();
  cap.release();
  network.settle();
  expect(server.connection().stats.answers).toBe(1);
  expect(server.connection().callsUnderWay).toBe(2);
  root.takes("slow").returns("", root.ref());
  network.settle();
  root.takes("later").returns("");
  network.settle();
  expect(later.outcome).toBe("");
  later.release();
  desk.release();
  network.settle();
  expect(server.connection().callsUnderWay).toBe(0);
  expect(over).toBe(1);
});
