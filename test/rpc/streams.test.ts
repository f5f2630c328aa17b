import { describe, expect, it } from "vitest";
import { type Hook, Membrane, PromiseHook, tableOf } from "../../src/rpc/index.ts";
import { call, MadeCall } from "../support/made-call.ts";
import { expectCleanEnd, SimulatedNetwork } from "../support/simulated-network.ts";
import { TestContent } from "../support/test-content.ts";

/** A streaming call with parameters of this size. */
function stream(hook: Hook, text: string, sizeWords: number): MadeCall {
  const params = { content: new TestContent(text, sizeWords), caps: [] };
  return new MadeCall(hook.call({ interfaceId: 1n, methodId: 0, params, streaming: true }));
}

function connected(streamWindowWords = 10) {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair({ limits: { streamWindowWords } });
  const desk = client.bootstrap();
  network.settle();
  return { network, client, server, root, desk };
}

const ADMITTED = "nothing"; // so are the results of a stream
const WAITING = "waiting";

function outcomes(calls: readonly MadeCall[]): readonly string[] {
  return calls.map(({ outcome }) => outcome);
}

describe("a stream's window", () => {
  it("admits calls until it is full, and more as they return", () => {
    const { network, client, server, root, desk } = connected();
    const calls = ["a", "b", "c", "d", "e"].map((text) => stream(desk, text, 4));
    // 12 words are within 10 and one call of 4; 16 are not.
    expect(outcomes(calls)).toEqual([ADMITTED, ADMITTED, ADMITTED, WAITING, WAITING]);
    for (const text of ["a", "b", "c", "d", "e"]) server.receives(`call ${text}`); // all are sent
    root.takes("a").returns("");
    client.receives("return: ");
    expect(outcomes(calls).slice(3)).toEqual([WAITING, WAITING]);
    root.takes("b").returns("");
    client.receives("return: ");
    expect(outcomes(calls).slice(3)).toEqual([ADMITTED, ADMITTED]);
    for (const text of ["c", "d", "e"]) root.takes(text).returns("");
    expectCleanEnd(network, ...calls, desk);
  });

  it("admits a call larger than itself, one at a time", () => {
    const { network, root, desk } = connected();
    const first = stream(desk, "first", 100);
    const second = stream(desk, "second", 100);
    expect(outcomes([first, second])).toEqual([ADMITTED, WAITING]);
    network.settle();
    root.takes("first").returns("");
    network.settle();
    expect(second.outcome).toBe(ADMITTED);
    root.takes("second").returns("");
    expectCleanEnd(network, first, second, desk);
  });

  it("is one for all who hold the capability, and another for each capability", () => {
    const { network, server, root, desk } = connected();
    const other = server.object("other");
    const get = call(desk, "get");
    network.settle();
    root.takes("get").returns("", other.ref());
    network.settle();
    const [theirs] = get.payload!.caps;
    const calls = [stream(desk, "a", 20), stream(desk, "b", 20), stream(theirs!, "c", 20)];
    expect(outcomes(calls)).toEqual([ADMITTED, WAITING, ADMITTED]);
    network.settle();
    for (const text of ["a", "b"]) root.takes(text).returns("");
    other.takes("c").returns("");
    expectCleanEnd(network, ...calls, get, desk);
  });

  it("goes along when a promise becomes another of the same peer, and then its object", () => {
    const { network, client, server, root, desk } = connected();
    const object = server.object("object");
    const promise = new PromiseHook(server.turns);
    const get = call(desk, "get");
    const promised = get.pipeline();
    const first = stream(promised, "first", 20);
    network.settle();
    root.takes("get").returns("", promise.retain());
    client.receives("return: ");
    const second = stream(promised, "second", 20); // to the promise that was returned
    expect(outcomes([first, second])).toEqual([ADMITTED, WAITING]);
    network.settle();
    promise.resolve(object.ref());
    promise.release();
    client.receives("resolve: senderHosted");
    const third = stream(promised, "third", 20); // to the object
    expect(third.outcome).toBe(WAITING);
    network.settle();
    for (const text of ["first", "second"]) {
      object.takes(text).returns("");
      network.settle();
    }
    expect(outcomes([second, third])).toEqual([ADMITTED, ADMITTED]);
    object.takes("third").returns("");
    expectCleanEnd(network, first, second, third, get, promised, desk);
  });

  it("shows in the statistics what is under way, and what has not left", () => {
    const { network, client, root, desk } = connected();
    const before = client.connection().stats.messagesSent;
    const calls = [stream(desk, "a", 4), stream(desk, "b", 5)];
    expect(client.connection().stats).toMatchObject({
      messagesQueued: 2,
      messagesSent: before + 2,
      streamWords: 9,
    });
    expect(client.connection().dump().imports).toMatchObject([{ streamWords: 9 }]);
    expect(tableOf(client.connection().dump())).toContain("9 words of streams under way");
    network.settle();
    root.takes("a").returns("");
    network.settle();
    expect(client.connection().stats).toMatchObject({ messagesQueued: 0, streamWords: 5 });
    root.takes("b").returns("");
    network.settle();
    expect(client.connection().dump().imports).toMatchObject([{ streamWords: 0 }]);
    expectCleanEnd(network, ...calls, desk);
  });
});

describe("a stream", () => {
  it("goes on when its caller lets go of the calls and of the capability", () => {
    const { network, client, server, root, desk } = connected();
    const calls = [stream(desk, "a", 20), stream(desk, "b", 20)];
    for (const one of [...calls, desk]) one.release();
    server.receives("call a");
    server.receives("call b");
    server.receives("release"); // of the capability; no Finish
    const taken = root.takes("a");
    taken.returns("");
    root.takes("b").returns("");
    client.receives("return: ");
    client.receives("return: ");
    expect(taken.canceled).toBe(false);
    expectCleanEnd(network);
  });

  it("ends with the first call that fails: who waits fails with it, and nothing more is sent", () => {
    const { network, client, server, root, desk } = connected();
    const calls = ["a", "b", "c"].map((text) => stream(desk, text, 20));
    network.settle();
    root.takes("a").throws("disk full");
    client.receives("return: exception: disk full");
    expect(outcomes(calls)).toEqual([
      ADMITTED, // it had been, before it failed
      "failed: remote exception: disk full",
      "failed: remote exception: disk full",
    ]);
    expect(calls[1]?.error?.executed).toBe("maybe");
    const later = stream(desk, "later", 1);
    expect(later.error).toMatchObject({ executed: "no", message: "remote exception: disk full" });
    server.receives("finish");
    expect(server.expected()).toEqual([]);
    const other = call(desk, "not a stream");
    network.settle();
    for (const text of ["b", "c", "not a stream"]) root.takes(text).returns("");
    network.settle();
    expect(other.outcome).toBe("");
    expectCleanEnd(network, ...calls, later, other, desk);
  });

  it("whose call cannot even be made has failed: it would have a hole", () => {
    const network = new SimulatedNetwork();
    const { client, root } = network.pair({ limits: { maxQuestions: 1 } });
    const desk = client.bootstrap();
    network.settle();
    const first = stream(desk, "first", 1);
    const second = stream(desk, "second", 1);
    expect(second.error).toMatchObject({ kind: "overloaded" });
    network.settle();
    root.takes("first").returns("");
    network.settle();
    const third = stream(desk, "third", 1);
    expect(third.error).toMatchObject({ kind: "overloaded", executed: "no" });
    expectCleanEnd(network, first, second, third, desk);
  });

  it("fails with its connection", () => {
    const { network, client, server, root, desk } = connected();
    const calls = [stream(desk, "a", 20), stream(desk, "b", 20)];
    network.settle();
    root.takes("a");
    root.takes("b");
    client.loses(server);
    expect(calls[1]?.error).toMatchObject({ kind: "disconnected", executed: "maybe" });
    expect(client.connection().stats.streamWords).toBe(0);
    expectCleanEnd(network, ...calls, desk);
  });

  it("to an object of this vat returns when the object does", () => {
    const vat = new SimulatedNetwork().vat("vat");
    const object = vat.object("object");
    const one = stream(object.hook, "one", 1);
    vat.turn();
    expect(one.outcome).toBe(WAITING);
    object.takes("one").returns("done");
    expect(one.outcome).toBe("done");
    one.release();
    vat.expectEverythingReleased();
  });

  it("through a membrane is paced as well", () => {
    const { network, client, root, desk } = connected();
    const membrane = new Membrane(client.turns);
    const wrapped = membrane.wrap(desk);
    const calls = [stream(wrapped, "a", 20), stream(wrapped, "b", 20)];
    expect(outcomes(calls)).toEqual([ADMITTED, WAITING]);
    network.settle();
    root.takes("a").returns("");
    network.settle();
    expect(outcomes(calls)).toEqual([ADMITTED, ADMITTED]);
    root.takes("b").returns("");
    expectCleanEnd(network, ...calls, wrapped);
  });
});
