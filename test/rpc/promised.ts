import { expect } from "vitest";
import { type Message, PromiseHook } from "../../src/rpc/index.ts";
import { call, type MadeCall } from "../support/made-call.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";

/** The client holds `cap`, a promise of the server's that the client's own `mine` was given to. */
export function promised() {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  const mine = client.object("mine");
  const desk = client.bootstrap();
  const foo = call(desk, "foo", mine.ref());
  network.settle();
  const promise = new PromiseHook(server.turns);
  const taken = root.takes("foo");
  const callback = taken.param();
  taken.returns("", promise.retain());
  network.settle();
  const cap = foo.pipeline();
  return { network, client, server, root, mine, desk, foo, promise, callback, cap };
}

/** How calls to the first capability in a Return that names our own are addressed. */
export function targetNamedIn(message: Message | undefined): object {
  expect(message).toMatchObject({ outcome: { payload: { capTable: [{ is: "receiverHosted" }] } } });
  const { outcome } = message as Extract<Message, { is: "return" }>;
  const [cap] = outcome.is === "results" ? outcome.payload.capTable : [];
  return { is: "importedCap", id: (cap as { id: number }).id };
}

export function outcomes(...calls: readonly MadeCall[]): readonly string[] {
  return calls.map(({ outcome }) => outcome);
}
