import { describe, expect, it } from "vitest";
import { type Message, NO_CAPS } from "../../src/rpc/index.ts";
import { call } from "../support/made-call.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";
import { TestContent } from "../support/test-content.ts";

const payload = { content: new TestContent("forged"), capTable: NO_CAPS };

function forgedCall(overrides: Partial<Extract<Message, { is: "call" }>> = {}): Message {
  return {
    is: "call",
    questionId: 7,
    target: { is: "importedCap", id: 0 },
    interfaceId: 1n,
    methodId: 0,
    params: payload,
    sendResultsTo: "caller",
    allowThirdPartyTailCall: false,
    noPromisePipelining: false,
    onlyPromisePipeline: false,
    ...overrides,
  };
}

function forgedReturn(answerId: number): Message {
  return {
    is: "return",
    answerId,
    releaseParamCaps: false,
    noFinishNeeded: false,
    outcome: { is: "results", payload },
  };
}

const finish: Message = {
  is: "finish",
  questionId: 99,
  releaseResultCaps: true,
  requireEarlyCancellationWorkaround: false,
};

describe("aborts", () => {
  const cases: Readonly<Record<string, readonly Message[]>> = {
    "a Return for an unknown question": [forgedReturn(99)],
    "a question id that is in use": [forgedCall(), forgedCall()],
    "a call to an unknown export": [forgedCall({ target: { is: "importedCap", id: 99 } })],
    "a Release of more than was sent": [{ is: "release", id: 0, referenceCount: 2 }],
    "a receiverHosted that was never sent": [
      forgedCall({
        params: { content: payload.content, capTable: [{ is: "receiverHosted", id: 99 }] },
      }),
    ],
    "a Disembargo of an object that is not the sender's": [
      {
        is: "disembargo",
        target: { is: "importedCap", id: 0 },
        context: { is: "senderLoopback", embargoId: 0 },
      },
    ],
    "an echo of no Disembargo": [
      {
        is: "disembargo",
        target: { is: "importedCap", id: 0 },
        context: { is: "receiverLoopback", embargoId: 0 },
      },
    ],
  };

  it.each(Object.entries(cases))("on %s, and cleans up", (_, forged) => {
    const network = new SimulatedNetwork();
    const { client, server, root } = network.pair();
    const desk = client.bootstrap();
    const foo = call(desk, "foo", client.object("mine").ref());
    network.settle();
    for (const message of forged) server.receivesForged(message);
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
    "a Finish of an unknown question": finish,
    "a Release of an unknown export": { is: "release", id: 99, referenceCount: 1 },
  };

  it.each(Object.entries(cases))("%s", (_, forged) => {
    const network = new SimulatedNetwork();
    const { server } = network.pair();
    server.receivesForged(forged);
    expect(server.connection().stats.messagesIgnored).toBe(1);
    expect(server.closes).toEqual([]);
    network.expectEverythingReleased();
  });
});

it("answers a call on an unknown answer with an exception", () => {
  const network = new SimulatedNetwork();
  const { client, server } = network.pair();
  const answer = { questionId: 99, transform: [0] };
  server.receivesForged(forgedCall({ target: { is: "promisedAnswer", answer } }));
  expect(client.expected()).toEqual(["return: exception: there is no question 99"]);
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
