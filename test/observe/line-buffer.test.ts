import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { type ObservedCall, RpcError } from "handfast";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, TestCounter } from "../vat/support.ts";
import { CALL, logTo, serve, StepClock } from "./log-to.ts";

/** Takes what it is given, and says that it is full until it no longer is. */
class SlowStream extends EventEmitter {
  readonly taken: string[] = [];
  full = true;
  broken = false;
  writable = true;
  /** What to call when the last write is done. */
  done: (error?: Error) => void = () => {};

  write(lines: Uint8Array, done: (error?: Error) => void): boolean {
    if (this.broken) throw new Error("disk full");
    if (!this.writable) throw new Error("write after end");
    this.taken.push(Buffer.from(lines).toString());
    this.done = done;
    return !this.full;
  }

  get lines(): readonly object[] {
    const lines = this.taken.join("").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as object);
  }
}

/** Everything that was to be done in this turn of the event loop is. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the sink of an access log", () => {
  it("gets the first lines at the end of the turn, and those that follow after a rest", async () => {
    const [stream, clock] = [new SlowStream(), new StepClock()];
    stream.full = false;
    const log = logTo([], { sink: stream, clock });
    for (let calls = 0; calls < 3; calls += 1) serve(log, CALL);
    expect(stream.taken).toEqual([]);
    await turn();
    expect(stream.lines).toHaveLength(3);
    expect(stream.taken).toHaveLength(1);
    serve(log, CALL);
    await turn();
    serve(log, CALL);
    await turn();
    expect(stream.lines).toHaveLength(3);
    clock.expire();
    expect(stream.lines).toHaveLength(5);
    expect(stream.taken).toHaveLength(2);
    clock.expire(); // nothing came, so the next line is the first again
    expect(clock.armed).toBe(0);
    serve(log, CALL);
    await turn();
    expect(stream.taken).toHaveLength(3);
  });

  it("does not rest while there are a lot of lines", async () => {
    const stream = new SlowStream();
    stream.full = false;
    const log = logTo([], { sink: stream });
    for (let calls = 0; calls < 3000; calls += 1) serve(log, CALL);
    expect(stream.lines.length).toBeGreaterThan(2000);
    await turn();
    expect(log.dropped).toBe(0);
    log.closed?.();
    expect(stream.lines).toHaveLength(3000);
  });

  it("writes into no bytes that the stream has not done with", async () => {
    const [stream, clock] = [new SlowStream(), new StepClock()];
    stream.full = false;
    const kept: Uint8Array[] = [];
    const write = stream.write.bind(stream);
    stream.write = (lines, done) => {
      kept.push(lines);
      return write(lines, done);
    };
    const log = logTo([], { sink: stream, clock });
    const writeOf = async (method: string) => {
      serve(log, { ...CALL, method });
      await turn();
      clock.expire();
      clock.expire();
    };
    const methodIn = (index: number) => {
      const { method } = JSON.parse(Buffer.from(kept[index] ?? "").toString()) as ObservedCall;
      return method;
    };
    for (const method of ["a", "b", "c"]) await writeOf(method);
    expect([0, 1, 2].map(methodIn)).toEqual(["a", "b", "c"]);
    stream.done();
    stream.done();
    await writeOf("d");
    await writeOf("e");
    expect([0, 1, 3, 4].map(methodIn)).toEqual(["a", "b", "d", "e"]);
  });

  it("drops lines that a full stream cannot take, counts them, and says so later", async () => {
    const [stream, clock] = [new SlowStream(), new StepClock()];
    const log = logTo([], { sink: stream, maxWaiting: 2, clock });
    for (let calls = 0; calls < 7; calls += 1) serve(log, CALL);
    await turn();
    expect(stream.lines).toHaveLength(2);
    expect(log.dropped).toBe(3);
    clock.expire();
    expect(stream.lines).toHaveLength(2);
    stream.full = false;
    stream.emit("drain");
    expect(stream.lines).toHaveLength(4);
    serve(log, CALL, RpcError.failed("no"));
    serve(log, CALL);
    expect(stream.taken.every((text) => text.endsWith("}\n"))).toBe(true);
    expect(stream.lines[4]).toMatchObject({ status: "error", dropped: 3 });
    expect(stream.lines[5]).not.toHaveProperty("dropped");
  });

  it("keeps no more than 16 MiB for a stream that is full, however long lines are", async () => {
    const stream = new SlowStream();
    const log = logTo([], { sink: stream });
    serve(log, CALL);
    await turn();
    for (let calls = 0; calls < 20; calls += 1)
      serve(log, { ...CALL, method: "x".repeat(2 ** 20) });
    expect(log.dropped).toBe(4);
  });

  it("rests before it writes to a stream that has drained at once", async () => {
    const [stream, clock] = [new SlowStream(), new StepClock()];
    const log = logTo([], { sink: stream, clock });
    serve(log, CALL);
    await turn();
    serve(log, CALL);
    stream.emit("drain");
    expect(stream.lines).toHaveLength(1);
    clock.expire();
    expect(stream.lines).toHaveLength(2);
  });

  it("counts the lines of a write that failed later", async () => {
    const stream = new SlowStream();
    const log = logTo([], { sink: stream });
    serve(log, CALL);
    serve(log, CALL);
    await turn();
    stream.done(new Error("disk full"));
    expect(log.dropped).toBe(2);
  });

  it("writes nothing behind the end of a stream", async () => {
    const [stream, clock] = [new SlowStream(), new StepClock()];
    stream.full = false;
    const log = logTo([], { sink: stream, clock });
    serve(log, CALL);
    await turn();
    stream.writable = false;
    serve(log, CALL);
    clock.expire();
    serve(log, CALL);
    clock.expire();
    expect(stream.lines).toHaveLength(1);
    expect(log.dropped).toBe(2);
  });

  it("writes all that waits when the vat has closed, also to a stream that is full", async () => {
    const stream = new SlowStream();
    const log = logTo([], { sink: stream, clock: { now: () => 0, after: () => () => {} } });
    const bootstrap = () => new TestCounter();
    const server = await openVat({ admit: "anyone", bootstrap, observers: [log] });
    const { address } = await server.listen(LOOPBACK);
    const client = await openVat();
    const root = client.connect(address).bootstrap(Counter);
    for (let calls = 0; calls < 3; calls += 1) await root.add({ amount: 1 });
    expect(stream.lines).toHaveLength(1);
    await server.close();
    expect(stream.lines).toHaveLength(3);
  });

  it("counts every line of a write that throws, and says how many in all", async () => {
    const [stream, clock] = [new SlowStream(), new StepClock()];
    stream.full = false;
    const log = logTo([], { sink: stream, clock });
    stream.broken = true;
    for (let calls = 0; calls < 2; calls += 1) {
      serve(log, CALL);
      serve(log, CALL);
      await turn();
      clock.expire();
      clock.expire();
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
});
