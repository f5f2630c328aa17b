import { expect, it } from "vitest";
import { CAPABILITY_WORDS, PromiseHook, RpcError, tableOf } from "../../src/rpc/index.ts";
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

  server.connection().nowMs = 300;
  const dump = server.connection().dump();
  expect(dump).toEqual(JSON.parse(JSON.stringify(dump)));
  expect(dump.peer).toBe("simulated");
  expect(dump.exports).toEqual([
    {
      id: 0,
      state: "settled",
      label: "root",
      references: 1,
      ageMs: 200,
      calls: 2,
      lastCall: { method: "0x0000000000000001.0", agoMs: 50 },
      leak: false,
      statistics: null,
    },
  ]);
  expect(dump.imports).toEqual([
    {
      id: 0,
      state: "promise",
      references: 1,
      received: 1,
      ageMs: 200,
      streamWords: 0,
      leak: false,
    },
  ]);
  expect(tableOf(dump)).toBe(
    [
      "table   id  state    refs  age     what",
      "answer  0   running        50 ms   0x0000000000000001.0",
      "answer  1   running        200 ms  0x0000000000000001.0",
      "export  0   settled  1     200 ms  root: 2 calls, last 0x0000000000000001.0 50 ms ago",
      "import  0   promise  1     200 ms  received 1 times",
    ].join("\n"),
  );
  expect(dump.traffic).toMatchObject({ messagesIn: 4, capabilitiesIn: 1, capabilitiesOut: 1 });
  const strict = server.connection().dump({ leakAfterMs: 200 });
  expect(strict.exports).toMatchObject([{ leak: false }]); // it was called
  expect(strict.imports).toMatchObject([{ leak: true }]);
  expect(tableOf(strict)).toContain("received 1 times, LEAK?");
  expect(client.connection().dump().questions).toMatchObject([
    { method: "0x0000000000000001.0" },
    { method: "0x0000000000000001.0" },
  ]);
  expect(client.connection().dump().exports).toMatchObject([{ label: "promise" }]);
  expect(server.connection().stats).toMatchObject({ answers: 2, callWords: 2 + CAPABILITY_WORDS });
  expect(server.connection().check()).toEqual([]);
  root.takes("foo").returns("");
  root.takes("bar").returns("");
  network.settle();
  expectCleanEnd(network, foo, bar, desk, promise);
});

it("a table holds a line an entry, whatever a peer calls its own", () => {
  const network = new SimulatedNetwork();
  const { client, root } = network.pair();
  const desk = client.bootstrap();
  const promise = new PromiseHook(client.turns);
  const settle = promise.retain();
  const foo = call(desk, "foo", promise.retain());
  network.settle();
  const forged = `x)\nexport  7  settled\u001b[2J ${"long ".repeat(100)}`;
  settle.break(RpcError.failed(forged));
  const table = tableOf(client.connection().dump()); // whoever took it has not given it back yet
  expect(table).toContain("x)\\u{0a}export  7  settled\\u{1b}[2J");
  expect(table.split("\n").filter((line) => line.startsWith("export  7"))).toEqual([]);
  expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThan(300);
  network.settle();
  root.takes("foo").returns("");
  network.settle();
  settle.release();
  expectCleanEnd(network, foo, desk, promise);
});
