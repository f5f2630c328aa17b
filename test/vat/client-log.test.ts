import { expect, it } from "vitest";
import { type PeerLogLine, type Logger } from "handfast";
import { type CallContext } from "handfast/capnp";
import { LogSink, LogSource } from "../../src/vat/client-log.capnp.ts";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, TestCounter, until } from "./support.ts";

/** Says something about every `add`. */
class Talker extends TestCounter {
  say: (call: CallContext, amount: number) => void = (call, amount) => {
    call.clientLog("info", `adding ${amount}`, { amount });
  };

  override add({ amount }: Counter.Add.Params, call?: CallContext) {
    if (call !== undefined) this.say(call, amount);
    return super.add({ amount } as Counter.Add.Params);
  }
}

async function talking() {
  const talker = new Talker();
  const server = await openVat({ admit: "anyone", bootstrap: () => talker });
  const { address } = await server.listen(LOOPBACK);
  return { talker, server, address };
}

const root = (connection: { bootstrap(type: typeof Counter): Counter.Client }) =>
  connection.bootstrap(Counter);

it("a caller who asks hears what methods say about its calls, and nobody else's", async () => {
  const { address } = await talking();
  const [ann, bob, cem] = [await openVat(), await openVat(), await openVat()];
  const heard = { ann: [] as PeerLogLine[], bob: [] as PeerLogLine[] };
  const desks = [
    root(ann.connect(address, { onLog: (line) => heard.ann.push(line) })),
    root(bob.connect(address, { onLog: (line) => heard.bob.push(line) })),
    root(cem.connect(address)),
  ];
  await Promise.all(desks.map((desk, index) => desk.add({ amount: index + 1 })));
  await until(() => heard.ann.length === 1 && heard.bob.length === 1);
  expect(heard.ann).toMatchObject([
    { level: "info", message: "adding 1", extra: { amount: 1 }, method: "add", dropped: 0 },
  ]);
  expect(heard.ann[0]?.interface).toBe("counter.capnp:Counter");
  expect(heard.bob).toMatchObject([{ message: "adding 2" }]);
});

it("a caller hears nothing below the level it asked for", async () => {
  const { talker, address } = await talking();
  talker.say = (call) => {
    for (const level of ["debug", "info", "warn", "error"] as const) call.clientLog(level, level);
  };
  const lines: string[] = [];
  const onLog = ({ message }: PeerLogLine) => lines.push(message);
  const desk = root((await openVat()).connect(address, { onLog, logLevel: "warn" }));
  await desk.add({ amount: 1 });
  await until(() => lines.length >= 2);
  expect(lines).toEqual(["warn", "error"]);
});

it("a sink that is slow costs its caller lines, and no call waits for it", async () => {
  const { talker, address } = await talking();
  const client = await openVat();
  const desk = root(client.connect(address));
  const held: (() => void)[] = [];
  const lines: { message: string; dropped: number }[] = [];
  const sink = LogSink.serve({
    write: async ({ line: { message, dropped } }) => {
      lines.push({ message, dropped });
      if (held.length < 16) await new Promise<void>((resolve) => held.push(resolve));
      return {};
    },
  });
  const source = client.connect(address).bootstrap(LogSource);
  const subscribed = await source.subscribe({ sink, minLevel: "debug" });
  talker.say = (call, amount) => {
    for (let index = 0; index < amount; index += 1) call.clientLog("info", `line ${index}`);
  };
  expect((await desk.add({ amount: 1000 })).total).toBe(1000);
  await until(() => lines.length === 16);
  for (const release of held) release();
  await until(() => lines.length === 16 + 256);
  talker.say = (call) => {
    call.clientLog("info", "after");
  };
  await desk.add({ amount: 1 });
  await until(() => lines.length === 16 + 256 + 1);
  expect(lines.at(-1)).toEqual({ message: "after", dropped: 1000 - 16 - 256 });
  subscribed[Symbol.dispose]();
});

it("what cannot be sent is left out, and no method fails for it", async () => {
  const { talker, address } = await talking();
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const nasty = {
    get secret(): never {
      throw new Error("boom");
    },
  };
  talker.say = (call) => {
    call.clientLog("info", "x".repeat(100_000));
    call.clientLog("info", "cycle", cycle);
    call.clientLog("info", "getter", nasty);
    call.clientLog("info", "long", { text: "y".repeat(100_000) });
  };
  const lines: PeerLogLine[] = [];
  const desk = root((await openVat()).connect(address, { onLog: (line) => lines.push(line) }));
  await desk.add({ amount: 1 });
  await until(() => lines.length === 4);
  expect(lines[0]?.message).toHaveLength(4096);
  expect(lines.slice(1).map(({ extra }) => extra)).toEqual([
    { omitted: "no JSON" },
    { omitted: "no JSON" },
    { omitted: "too long" },
  ]);
});

it("what is no line at all, or half a character, costs no more than itself", async () => {
  const { talker, address } = await talking();
  talker.say = (call) => {
    call.clientLog("fatal" as "error", "a level of another logger's");
    call.clientLog("info", Object.create(null) as string);
    call.clientLog("info", "\ud83d");
    call.clientLog("info", `${"x".repeat(4094)}😀 and so on`);
    call.clientLog("info", 7 as unknown as string);
  };
  const lines: PeerLogLine[] = [];
  const desk = root((await openVat()).connect(address, { onLog: (line) => lines.push(line) }));
  await desk.add({ amount: 1 });
  await until(() => lines.some(({ message }) => message === "7"));
  expect(lines.map(({ message, dropped }) => [message.slice(-2), dropped])).toEqual([
    ["\ufffd", 2],
    ["\ufffd…", 0],
    ["7", 0],
  ]);
});

it("an onLog that throws hurts no call", async () => {
  const { address } = await talking();
  const warnings: string[] = [];
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: (_, message) => warnings.push(message),
    error: () => {},
  };
  const client = await openVat({ logger });
  const onLog = () => {
    throw new Error("full");
  };
  const desk = root(client.connect(address, { onLog }));
  expect((await desk.add({ amount: 1 })).total).toBe(1);
  expect((await desk.add({ amount: 1 })).total).toBe(2);
  await until(() => warnings.length > 0);
});

it("a closed handle hears nothing more, and keeps no connection", async () => {
  const { address, server } = await talking();
  const client = await openVat();
  const lines: PeerLogLine[] = [];
  const connection = client.connect(address, { onLog: (line) => lines.push(line) });
  const desk = root(connection);
  await desk.add({ amount: 1 });
  await until(() => lines.length === 1);
  desk[Symbol.dispose]();
  await connection.close();
  await until(() => server.peers.length === 0);
});

it("a peer that gives no lines is called as ever, and nobody is troubled", async () => {
  const said: string[] = [];
  const say = (level: string) => (_: object, message: string) => {
    said.push(`${level}: ${message}`);
  };
  const logger = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
  const silent = await openVat({ admit: "anyone" }); // has no objects, so none with a LogSource
  const { address } = await silent.listen(LOOPBACK);
  const connection = (await openVat({ logger })).connect(address, { onLog: () => {} });
  await connection.ready;
  await until(() => said.length > 0);
  expect(said).toEqual(["debug: the peer gives no log lines"]);
});

it("the logger of a call says which call it is, and no field of the user's hides that", async () => {
  const lines: object[] = [];
  const logger: Logger = {
    debug: () => {},
    info: (fields) => lines.push(fields),
    warn: () => {},
    error: () => {},
  };
  const talker = new Talker();
  let requestId = "";
  talker.say = (call) => {
    ({ requestId } = call);
    const forged = { requestId: "forged", peer: "forged", principal: "root", method: "x" };
    call.logger.info({ ...forged, mine: 1 }, "hello");
  };
  const server = await openVat({ admit: "anyone", bootstrap: () => talker, logger });
  const { address } = await server.listen(LOOPBACK);
  const client = await openVat();
  await root(client.connect(address)).add({ amount: 1 });
  const { id } = client.identity;
  expect(lines).toEqual([
    {
      mine: 1,
      requestId,
      interface: "counter.capnp:Counter",
      method: "add",
      peer: id,
      principal: id,
    },
  ]);
});
