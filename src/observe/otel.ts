import {
  type Attributes,
  type Context,
  context,
  type Histogram,
  type Meter,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace as traces,
  TraceFlags,
  type Tracer,
  createTraceState,
} from "@opentelemetry/api";
import { type AnonymousPeer, type Peer } from "../base/index.ts";
import { type CallObserver, type ObservedCall } from "../objects/index.ts";
import { RPC_ERROR_CODES, type RpcError, type TraceContext } from "../rpc/index.ts";

/** Where spans and metrics go, and whose traces are believed. */
export interface OtelOptions {
  /** Default: the global one. */
  readonly tracer?: Tracer | undefined;
  /** Default: the global one. */
  readonly meter?: Meter | undefined;
  /**
   * Whether the caller's trace is believed, so that spans here are children of its spans. A stranger
   * could choose ids and have everything sampled: without it, the caller's span is a link. Default:
   * callers with an id.
   */
  readonly trusts?: ((call: ObservedCall) => boolean) | undefined;
}

/** A call and its span. */
export interface Traced {
  readonly call: ObservedCall;
  readonly span: Span;
  readonly context: Context;
  readonly startedMs: number;
}

/**
 * Spans and duration metrics for every call, served and made, in the semantic conventions for RPC of
 * OpenTelemetry (release candidate of v1.38 and later: `rpc.system.name`, a fully qualified
 * `rpc.method`, `rpc.response.status_code`), and the W3C trace context from vat to vat.
 */
export function otel(options: OtelOptions = {}): CallObserver<Traced> {
  const tracer = options.tracer ?? traces.getTracer("handfast");
  const durations = histograms(options.meter ?? metrics.getMeter("handfast"));
  const trusts = options.trusts ?? (({ peer }: ObservedCall) => peer?.id !== undefined);
  return {
    start(call) {
      const { parent, links } = parentOf(call, trusts);
      const kind = call.side === "served" ? SpanKind.SERVER : SpanKind.CLIENT;
      const name = call.isDefined === false ? SYSTEM : methodOf(call);
      const startedMs = performance.now();
      const attributes = { ...attributesOf(call), ...originalOf(call) };
      const span = tracer.startSpan(name, { kind, links, attributes }, parent);
      return { call, span, context: traces.setSpan(parent, span), startedMs };
    },
    run(traced, body) {
      context.with(traced.context, body);
    },
    traceOf({ span }) {
      return headersOf(span);
    },
    end({ call, span, context: within, startedMs }, error) {
      const outcome = outcomeOf(call, error, error?.code);
      span.setAttributes({ ...peerAttributes(call), ...outcome });
      if (outcome["error.type"] !== undefined) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: error?.code ?? "" });
      }
      span.end();
      const attributes = { ...attributesOf(call), ...outcomeOf(call, error, commonCodeOf(error)) };
      durations[call.side].record((performance.now() - startedMs) / 1000, attributes, within);
    },
  };
}

/** In seconds; the bounds are those that the conventions advise. */
function histograms(meter: Meter): Readonly<Record<ObservedCall["side"], Histogram>> {
  const advice = {
    explicitBucketBoundaries: [
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ],
  };
  const named = (name: string, description: string) =>
    meter.createHistogram(name, { description, unit: "s", advice });
  return {
    served: named("rpc.server.call.duration", "How long the calls that came took."),
    made: named("rpc.client.call.duration", "How long the calls that were made took."),
  };
}

function parentOf(call: ObservedCall, trusts: (call: ObservedCall) => boolean) {
  const active = context.active();
  if (call.side === "made" || call.trace === undefined) return { parent: active, links: [] };
  const remote = spanContextOf(call.trace);
  if (trusts(call)) return { parent: traces.setSpanContext(active, remote), links: [] };
  return { parent: traces.deleteSpan(active), links: [{ context: remote }] };
}

function spanContextOf({ traceparent, tracestate }: TraceContext) {
  return {
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    // Of the flags only `sampled` means anything in version 00.
    traceFlags: Number.parseInt(traceparent.slice(53, 55), 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  };
}

function headersOf(span: Span): TraceContext | undefined {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  if (!traces.isSpanContextValid(span.spanContext())) return undefined; // nothing is being traced
  const flags = (traceFlags & TraceFlags.SAMPLED).toString(16).padStart(2, "0");
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, tracestate: traceState?.serialize() };
}

const SYSTEM = "capnproto";

/** Of low cardinality, so that metrics can have them too, whatever numbers callers invent. */
function attributesOf(call: ObservedCall): Attributes {
  const method = call.isDefined === false ? "_OTHER" : methodOf(call);
  return { "rpc.system.name": SYSTEM, "rpc.method": method };
}

function originalOf(call: ObservedCall): Attributes {
  return call.isDefined === false ? { "rpc.method_original": methodOf(call) } : {};
}

/** Such as `library.capnp:Desk/renew`. */
function methodOf(call: ObservedCall): string {
  return `${call.interface}/${call.method}`;
}

/** Known only when the call is over, where it was made before there was a connection. */
function peerAttributes({ side, peer }: ObservedCall): Attributes {
  const [address, port] = peer === undefined ? [undefined, undefined] : hostAndPort(peer);
  if (address === undefined) return {};
  const role = side === "made" ? "server" : "client";
  return {
    [`${role}.address`]: address,
    ...(port !== undefined && { [`${role}.port`]: port }),
    "network.peer.address": address,
    ...(port !== undefined && { "network.peer.port": port }),
    ...(peer?.id !== undefined && { "handfast.peer.id": peer.id }),
  };
}

function hostAndPort({ address }: Peer | AnonymousPeer): readonly [string, number | undefined] {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  return host === undefined ? [address, undefined] : [host, Number(port)];
}

/** A caller that gave its call up is no failure of the server's. */
function outcomeOf(call: ObservedCall, error: RpcError | undefined, code = "OK"): Attributes {
  const failed = error !== undefined && !(call.side === "served" && error.code === "CANCELED");
  return { "rpc.response.status_code": code, ...(failed && { "error.type": code }) };
}

/** An application's code may be of the peer's invention: its kind stands for it. */
function commonCodeOf(error: RpcError | undefined): string | undefined {
  if (error === undefined || RPC_ERROR_CODES.has(error.code)) return error?.code;
  return error.kind.toUpperCase();
}
