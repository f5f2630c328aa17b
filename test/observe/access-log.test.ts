import { describe, expect, it } from "vitest";
import { accessLog, AuthContext, type Clock, type ObservedCall, RpcError } from "handfast";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, TestCounter, until } from "../vat/support.ts";
import { CALL, logTo, serve, STATISTICS } from "./log-to.ts";

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
    const clock: Clock = { now: () => nowMs, after: () => () => {} };
    const log = logTo(lines, { epochMs: () => epochMs, clock });
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

  it("loses no more than a line whose call cannot be looked at", () => {
    const lines: string[] = [];
    const log = logTo(lines);
    const broken = {
      ...CALL,
      get requestId(): string {
        throw new Error("nobody knows");
      },
    };
    expect(() => serve(log, broken)).toThrow("nobody knows");
    serve(log, CALL);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ requestId: "r-1" }]);
  });

  it("prints every number as JSON does, and durations to the microsecond", () => {
    const numbers = [0, 7, 10, 99, 100, 12_345, 2 ** 31 - 1, 2 ** 31, Number.MAX_SAFE_INTEGER];
    for (const bytesIn of numbers) {
      const lines: string[] = [];
      const log = logTo(lines);
      log.end(log.start(CALL), undefined, { ...STATISTICS, bytesIn });
      expect(lines[0]).toContain(`"bytesIn":${JSON.stringify(bytesIn)},`);
    }
    for (const [ms, text] of [
      [0, "0.000"],
      [0.0014, "0.001"],
      [0.0999, "0.100"],
      [0.9999, "1.000"],
      [86_400_000.01, "86400000.010"],
      [-1, "0.000"],
    ] as const) {
      const lines: string[] = [];
      const times = [0, ms];
      const log = logTo(lines, { clock: { now: () => times.shift() ?? 0, after: () => () => {} } });
      serve(log, CALL);
      expect(lines[0]).toMatch(new RegExp(`"durationMs":${text.replace(".", "\\.")},`));
    }
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
