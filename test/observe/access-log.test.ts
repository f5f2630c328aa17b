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

  it("drops lines that a full stream cannot take, counts them, and says so later", () => {
    const taken: string[] = [];
    const stream = Object.assign(new EventEmitter(), {
      full: true,
      write(text: string): boolean {
        taken.push(text);
        return !stream.full;
      },
    });
    const log = logTo([], { sink: stream, maxWaiting: 2 });
    for (let calls = 0; calls < 6; calls += 1) serve(log, CALL);
    expect(taken).toHaveLength(1);
    expect(log.dropped).toBe(3);
    stream.full = false;
    stream.emit("drain");
    serve(log, CALL);
    expect(taken).toHaveLength(4);
    expect(taken.every((text) => text.endsWith("}\n"))).toBe(true);
    expect(JSON.parse(taken[3] ?? "")).toMatchObject({ dropped: 3 });
    serve(log, CALL);
    expect(JSON.parse(taken[4] ?? "")).not.toHaveProperty("dropped");
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
