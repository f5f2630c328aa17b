import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import {
  accessLog,
  type AccessLogOptions,
  AuthContext,
  type ObservedCall,
  RpcError,
} from "handfast";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, TestCounter, until } from "../vat/support.ts";

const STATISTICS = {
  messagesIn: 1,
  messagesOut: 1,
  bytesIn: 120,
  bytesOut: 80,
  capabilitiesIn: 0,
  capabilitiesOut: 0,
};

const CALL: ObservedCall = {
  side: "served",
  interface: "library.capnp:Desk",
  method: "renew",
  peer: {
    id: undefined,
    address: "203.0.113.7:51334",
    transport: "tcp",
    signal: new AbortController().signal,
  },
  auth: AuthContext.of({ domain: "jwt", principal: "ann", claims: { secret: "hush" } }),
  label: "a loan",
  requestId: "r-1",
  trace: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
};

function logTo(lines: string[], options: Partial<AccessLogOptions> = {}) {
  let nowMs = 0;
  return accessLog({
    serverId: "server",
    sink: (line) => lines.push(line),
    epochMs: () => Date.UTC(2026, 0, 2, 3, 4, 5),
    nowMs: () => (nowMs += 12.5),
    ...options,
  });
}

function serve(log: ReturnType<typeof accessLog>, call: ObservedCall, error?: RpcError): void {
  log.end(log.start(call), error, STATISTICS);
}

/** Takes what it is given, and says that it is full until it no longer is. */
class SlowStream extends EventEmitter {
  readonly taken: string[] = [];
  full = true;
  broken = false;

  write(text: string): boolean {
    if (this.broken) throw new Error("disk full");
    this.taken.push(text);
    return !this.full;
  }

  get lines(): readonly object[] {
    const lines = this.taken.join("").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as object);
  }
}

/** Everything that was to be done in this turn of the event loop is. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the access log", () => {
  it("has one line of JSON for a call, with everything about it and nothing in it", () => {
    const lines: string[] = [];
    serve(logTo(lines), CALL);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        timestamp: "2026-01-02T03:04:05.000Z",
        serverId: "server",
        interface: "library.capnp:Desk",
        method: "renew",
        peer: null,
        principal: "ann",
        domain: "jwt",
        authenticated: true,
        remoteAddress: "203.0.113.7:51334",
        status: "ok",
        requestId: "r-1",
        traceId: "0af7651916cd43dd8448eb211c80319c",
        spanId: "b7ad6b7169203331",
        label: "a loan",
        bytesIn: 120,
        bytesOut: 80,
        durationMs: 12.5,
      },
    ]);
  });

  it("never shows claims, nor what an error says", () => {
    const lines: string[] = [];
    serve(logTo(lines), CALL, RpcError.failed("the password is hush", { code: "EXPIRED" }));
    expect(lines.join()).not.toContain("hush");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ status: "error", errorCode: "EXPIRED" });
  });

  it("cannot be made to say two things in one call", () => {
    const lines: string[] = [];
    const evil = 'x"}\n{"status":"ok","principal":"root"}\r\u2028\u0000\u001b[2J';
    const auth = AuthContext.of({ domain: evil, principal: evil });
    serve(logTo(lines), { ...CALL, method: evil, label: evil, auth });
    expect(lines).toHaveLength(1);
    // eslint-disable-next-line no-control-regex -- that is the point
    expect(lines[0]).not.toMatch(/[\u0000-\u001f]/);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ principal: evil, status: "ok" });
  });

  it("leaves out what the sampling says, but no failure", () => {
    const lines: string[] = [];
    const none = logTo(lines, { sample: 0 });
    serve(none, CALL);
    serve(none, CALL, RpcError.failed("no"));
    expect(lines).toHaveLength(1);
    const draws = [0.1, 0.9, 0.2];
    const some = logTo(lines, { sample: 0.5, random: () => draws.shift() ?? 0 });
    for (let calls = 0; calls < 3; calls += 1) serve(some, CALL);
    expect(lines).toHaveLength(1 + 2);
    expect(() => logTo(lines, { sample: 2 })).toThrow(RangeError);
    expect(() => logTo(lines, { sample: Number.NaN })).toThrow(RangeError);
  });

  it("says nothing of calls that this vat makes", () => {
    const lines: string[] = [];
    serve(logTo(lines), { ...CALL, side: "made" });
    expect(lines).toEqual([]);
  });

  it("says of each call who made it, however they take turns", () => {
    const lines: string[] = [];
    const log = logTo(lines);
    const [ann, bob] = ["ann", "bob"].map((principal) => ({
      ...CALL,
      auth: AuthContext.of({ domain: "jwt", principal }),
    }));
    const from = (address: string): ObservedCall => ({
      ...CALL,
      peer: { id: undefined, address, transport: "tcp", signal: new AbortController().signal },
    });
    const calls = [CALL, ann, bob, ann, from("a"), from("b"), { ...CALL, method: "end" }, CALL];
    for (const call of [...calls, { ...CALL, interface: "i" }, { ...CALL, label: undefined }]) {
      if (call !== undefined) serve(log, call);
    }
    const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(said.map(({ principal }) => principal).slice(0, 4)).toEqual([
      "ann",
      "ann",
      "bob",
      "ann",
    ]);
    expect(said.map(({ remoteAddress }) => remoteAddress).slice(4, 7)).toEqual([
      "a",
      "b",
      "203.0.113.7:51334",
    ]);
    expect(said.map(({ method }) => method).slice(6, 8)).toEqual(["end", "renew"]);
    expect(said[8]).toMatchObject({ interface: "i", label: "a loan" });
    expect(said[9]).not.toHaveProperty("label");
  });

  it("follows a calendar that is set, and counts durations by a clock that never is", () => {
    const lines: string[] = [];
    let [epochMs, nowMs] = [Date.UTC(2026, 0, 1), 5000];
    const log = logTo(lines, { epochMs: () => epochMs, nowMs: () => nowMs });
    const begun = log.start(CALL);
    epochMs = Date.UTC(2020, 0, 1);
    nowMs += 1250.0625;
    log.end(begun, undefined, STATISTICS);
    serve(log, CALL);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { timestamp: "2026-01-01T00:00:00.000Z", durationMs: 1250.063 },
      { timestamp: "2020-01-01T00:00:00.000Z", durationMs: 0 },
    ]);
  });

  it("gives a stream the lines of one turn in one write", async () => {
    const stream = new SlowStream();
    stream.full = false;
    const log = logTo([], { sink: stream });
    for (let calls = 0; calls < 3; calls += 1) serve(log, CALL);
    expect(stream.taken).toEqual([]);
    await turn();
    expect(stream.lines).toHaveLength(3);
    expect(stream.taken).toHaveLength(1);
    for (let calls = 0; calls < 600; calls += 1) serve(log, CALL);
    expect(stream.lines.length).toBeGreaterThan(500); // what is much does not wait
    await turn();
    expect(stream.lines).toHaveLength(603);
  });

  it("drops lines that a full stream cannot take, counts them, and says so later", async () => {
    const stream = new SlowStream();
    const log = logTo([], { sink: stream, maxWaiting: 2 });
    for (let calls = 0; calls < 7; calls += 1) serve(log, CALL);
    await turn();
    expect(stream.lines).toHaveLength(2);
    expect(log.dropped).toBe(3);
    stream.full = false;
    stream.emit("drain");
    expect(stream.lines).toHaveLength(4);
    serve(log, CALL, RpcError.failed("no"));
    serve(log, CALL);
    await turn();
    expect(stream.taken.every((text) => text.endsWith("}\n"))).toBe(true);
    expect(stream.lines[4]).toMatchObject({ status: "error", dropped: 3 });
    expect(stream.lines[5]).not.toHaveProperty("dropped");
  });

  it("counts every line of a write that throws, and says how many in all", async () => {
    const stream = new SlowStream();
    stream.full = false;
    const log = logTo([], { sink: stream });
    stream.broken = true;
    for (let calls = 0; calls < 2; calls += 1) {
      serve(log, CALL);
      serve(log, CALL);
      await turn();
    }
    expect(log.dropped).toBe(4);
    stream.broken = false;
    serve(log, CALL);
    await turn();
    expect(stream.lines).toMatchObject([{ dropped: 4 }]);
  });

  it("survives a sink that throws", () => {
    const log = logTo([], {
      sink: () => {
        throw new Error("disk full");
      },
    });
    serve(log, CALL);
    serve(log, CALL);
    expect(log.dropped).toBe(2);
  });

  it("is what a vat writes when it is told to", async () => {
    const lines: string[] = [];
    const log = accessLog({ serverId: "here", sink: (line) => lines.push(line) });
    const bootstrap = () => new TestCounter();
    const server = await openVat({ admit: "anyone", bootstrap, observers: [log] });
    const { address } = await server.listen(LOOPBACK);
    const client = await openVat();
    const root = client.connect(address).bootstrap(Counter);
    await root.add({ amount: 1 });
    await root.fail({ how: "rpc" }).then(null, () => {});
    await until(() => lines.length === 2);
    const { id } = client.identity;
    const common = { peer: id, principal: id, domain: "shs", authenticated: true };
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { ...common, interface: "counter.capnp:Counter", method: "add", status: "ok" },
      { ...common, method: "fail", status: "error", errorCode: "OVERLOADED" },
    ]);
  });
});
