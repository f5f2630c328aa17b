import { context, type Context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RpcError, type Vat } from "handfast";
import { otel, type OtelOptions } from "handfast/otel";
import { referenceOf } from "../../src/objects/index.ts";
import { CAPABILITY_CONTENT } from "../../src/rpc/index.ts";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, TestCounter, until } from "../vat/support.ts";

const failureOf = (call: PromiseLike<unknown>) => call.then(null, (reason: unknown) => reason);

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => {
  context.disable();
});

const NOTHING = { content: CAPABILITY_CONTENT, caps: [] };

/** A vat's own telemetry. */
function telemetry() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter,
    exportIntervalMillis: 1_000_000,
  });
  const meters = new MeterProvider({ readers: [reader] });
  return {
    tracer: provider.getTracer("test"),
    meter: meters.getMeter("test"),
    spans: () => exporter.getFinishedSpans(),
    async points() {
      await reader.forceFlush();
      const [metric] = metricExporter.getMetrics().at(-1)?.scopeMetrics[0]?.metrics ?? [];
      await meters.shutdown();
      return { descriptor: metric?.descriptor, points: metric?.dataPoints ?? [] };
    },
  };
}

async function traced(options: OtelOptions = {}) {
  const [here, there] = [telemetry(), telemetry()];
  const counter = new TestCounter();
  const server = await openVat({
    admit: "anyone",
    bootstrap: () => counter,
    observers: [otel({ tracer: there.tracer, meter: there.meter, ...options })],
  });
  const { address } = await server.listen(LOOPBACK);
  const client: Vat = await openVat({
    observers: [otel({ tracer: here.tracer, meter: here.meter })],
  });
  const connection = client.connect(address);
  await connection.ready;
  return { here, there, counter, client, server, root: connection.bootstrap(Counter) };
}

const inSpan = (tracer: ReturnType<typeof telemetry>["tracer"], name: string): Context =>
  trace.setSpan(context.active(), tracer.startSpan(name));

describe("OpenTelemetry", () => {
  it("sees a call as a client's span with a server's below it, in one trace", async () => {
    const { here, there, root, client, server } = await traced();
    const parent = inSpan(here.tracer, "the user's");
    await context.with(parent, () => root.add({ amount: 1 }));
    await until(() => there.spans().length === 1);
    const [made] = here.spans();
    const [served] = there.spans();
    const name = "counter.capnp:Counter/add";
    expect(made).toMatchObject({
      name,
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
    });
    expect(served).toMatchObject({ name, kind: SpanKind.SERVER });
    expect(made?.parentSpanContext?.spanId).toBe(trace.getSpanContext(parent)?.spanId);
    expect(served?.parentSpanContext).toMatchObject({
      spanId: made?.spanContext().spanId,
      isRemote: true,
    });
    expect(served?.spanContext().traceId).toBe(trace.getSpanContext(parent)?.traceId);
    expect(made?.attributes).toMatchObject({
      "rpc.system.name": "capnproto",
      "rpc.method": name,
      "rpc.response.status_code": "OK",
      "server.address": "127.0.0.1",
      "handfast.peer.id": server.identity.id,
    });
    expect(made?.attributes["server.port"]).toEqual(expect.any(Number));
    expect(served?.attributes).toMatchObject({
      "client.address": "127.0.0.1",
      "handfast.peer.id": client.identity.id,
    });
  });

  it("goes on through a method to the calls that it makes", async () => {
    const { here, there, root, server } = await traced();
    const far = telemetry();
    const third = await openVat({
      admit: "anyone",
      bootstrap: () => new TestCounter(),
      observers: [otel({ tracer: far.tracer, meter: far.meter })],
    });
    const { address } = await third.listen(LOOPBACK);
    const relay = server.connect(address).bootstrap(Counter);
    await relay.add({ amount: 1 }); // before: a trace of its own
    const counter = there.spans().length;
    await root.through({ counter: new TestCounter(), amount: 2, how: "call" });
    await until(() => here.spans().length >= 2);
    const ids = new Set([
      ...here.spans().map((span) => span.spanContext().traceId),
      ...there
        .spans()
        .slice(counter)
        .map((span) => span.spanContext().traceId),
    ]);
    expect(ids.size).toBe(1);
  });

  it("says what failed, and holds no caller's change of mind against the server", async () => {
    const { here, there, root } = await traced();
    await failureOf(root.fail({ how: "rpc" }));
    const held = root.hold();
    await root.add({ amount: 1 });
    held[Symbol.dispose]();
    await until(() => there.spans().length === 3);
    const named = (method: string) => (span: { name: string }) => span.name.endsWith(`/${method}`);
    const failed = { "rpc.response.status_code": "OVERLOADED", "error.type": "OVERLOADED" };
    expect(here.spans().find(named("fail"))).toMatchObject({
      attributes: failed,
      status: { code: SpanStatusCode.ERROR },
    });
    expect(there.spans().find(named("fail"))).toMatchObject({ attributes: failed });
    expect(here.spans().find(named("hold"))?.attributes["error.type"]).toBe("CANCELED");
    expect(there.spans().find(named("hold"))?.attributes).not.toHaveProperty("error.type");
  });

  it("links to the trace of a caller that is not trusted, and is no part of it", async () => {
    const { here, there, root } = await traced({ trusts: () => false });
    await root.add({ amount: 1 });
    await until(() => there.spans().length === 1);
    const [made] = here.spans();
    const [served] = there.spans();
    expect(served?.parentSpanContext).toBeUndefined();
    expect(served?.spanContext().traceId).not.toBe(made?.spanContext().traceId);
    expect(served?.links).toMatchObject([{ context: { spanId: made?.spanContext().spanId } }]);
  });

  it("measures calls in seconds, by method and outcome, and by nothing that grows", async () => {
    const { here, there, root } = await traced();
    await root.add({ amount: 1 });
    await root.add({ amount: 1 });
    await failureOf(root.fail({ how: "rpc" }));
    for (const [side, name] of [
      [here, "rpc.client.call.duration"],
      [there, "rpc.server.call.duration"],
    ] as const) {
      const { descriptor, points } = await side.points();
      expect(descriptor).toMatchObject({ name, unit: "s" });
      expect(
        points.map(({ attributes, value }) => [attributes, (value as { count: number }).count]),
      ).toEqual([
        [
          {
            "rpc.system.name": "capnproto",
            "rpc.method": "counter.capnp:Counter/add",
            "rpc.response.status_code": "OK",
          },
          2,
        ],
        [
          {
            "rpc.system.name": "capnproto",
            "rpc.method": "counter.capnp:Counter/fail",
            "rpc.response.status_code": "OVERLOADED",
            "error.type": "OVERLOADED",
          },
          1,
        ],
      ]);
    }
  });

  it("lets no peer choose what is measured: neither methods nor codes", async () => {
    const { here, there, counter, root } = await traced();
    counter.fail = ({ how }) => {
      throw RpcError.overloaded("no", { code: how });
    };
    for (const how of ["FIRST_INVENTION", "SECOND_INVENTION"]) await failureOf(root.fail({ how }));
    const { hook } = referenceOf(root);
    const unheard = [Counter.id, 0xbadn].flatMap((interfaceId) =>
      [70, 71].map((methodId) => hook!.call({ interfaceId, methodId, params: NOTHING })),
    );
    await root.add({ amount: 1 });
    for (const results of unheard) results.release();
    expect(there.spans()).toHaveLength(7);
    const sets = async (side: typeof there) =>
      (await side.points()).points.map(({ attributes }) => [
        attributes["rpc.method"],
        attributes["rpc.response.status_code"],
      ]);
    const fail = ["counter.capnp:Counter/fail", "OVERLOADED"];
    const add = ["counter.capnp:Counter/add", "OK"];
    expect(await sets(there)).toEqual([fail, ["_OTHER", "UNIMPLEMENTED"], add]);
    expect(await sets(here)).toEqual([fail, add]);
    expect(here.spans()[1]?.attributes["rpc.response.status_code"]).toBe("SECOND_INVENTION");
    expect(there.spans()[4]).toMatchObject({
      name: "capnproto",
      attributes: { "rpc.method_original": "0x0000000000000bad/70" },
    });
  });

  it("sends nothing when nobody traces", async () => {
    const { there, server } = await traced();
    const [listener] = [await server.listen(LOOPBACK)];
    const plain = (await openVat()).connect(listener.address).bootstrap(Counter);
    await plain.add({ amount: 1 });
    await until(() => there.spans().length === 1);
    expect(there.spans()[0]?.parentSpanContext).toBeUndefined();
    expect(there.spans()[0]?.links).toEqual([]);
  });
});
