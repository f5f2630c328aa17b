import { expect, it } from "vitest";
import { PromiseHook, tableOf } from "../../src/rpc/index.ts";
import { call } from "../support/made-call.ts";
import { expectCleanEnd, SimulatedNetwork } from "../support/simulated-network.ts";

it("a dump tells who holds what, since when, how often, and the last call", () => {
  const network = new SimulatedNetwork();
  const { client, server, root } = network.pair();
  server.connection().nowMs = 100;
  const desk = client.bootstrap();
  const promise = new PromiseHook(client.turns);
  const foo = call(desk, "foo", promise.retain());
  network.settle();
  server.connection().nowMs = 250;
  const bar = call(desk, "bar");
  network.settle();

  const dump = server.connection().dump();
  expect(dump).toEqual(JSON.parse(JSON.stringify(dump)));
  expect(dump.peer).toBe("simulated");
  expect(dump.exports).toEqual([
    {
      id: 0,
      state: "settled",
      label: "root",
      references: 1,
      sinceMs: 100,
      calls: 1,
      lastCall: { method: "0x0000000000000001.0", atMs: 250 },
    },
  ]);
  expect(dump.imports).toEqual([
    { id: 0, state: "promise", references: 1, received: 1, sinceMs: 100, streamWords: 0 },
  ]);
  expect(tableOf(dump)).toBe(
    [
      "table   id  state    refs  since   what",
      "answer  1   running                0x0000000000000001.0",
      "answer  0   running                0x0000000000000001.0",
      "export  0   settled  1     100 ms  root: 1 calls, last 0x0000000000000001.0 at 250 ms",
      "import  0   promise  1     100 ms  received 1 times",
    ].join("\n"),
  );
  expect(client.connection().dump().exports).toMatchObject([{ label: "promise" }]);
  expect(server.connection().stats).toMatchObject({ answers: 2, callWords: 2 });
  expect(server.connection().check()).toEqual([]);
  root.takes("foo").returns("");
  root.takes("bar").returns("");
  network.settle();
  expectCleanEnd(network, foo, bar, desk, promise);
});
