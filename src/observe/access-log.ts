import { type CallObserver, type ObservedCall } from "../capnp/index.ts";
import { type CallStatistics, type RpcError } from "../rpc/index.ts";
import { LineBuffer, type LineSink } from "./line-buffer.ts";

export interface AccessLogOptions {
  /** Who writes the log, such as the vat's id. */
  readonly serverId: string;
  /** Where the lines go, each without its newline; a stream gets one behind each. */
  readonly sink: LineSink;
  /** The share of successful calls that is logged, 0 to 1. Failures always are. Default 1. */
  readonly sample?: number | undefined;
  /** Lines that wait for a stream that is full; further ones are dropped. Default 1024. */
  readonly maxWaiting?: number | undefined;
  /** Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Milliseconds since 1970. Default: the machine's calendar. */
  readonly epochMs?: (() => number) | undefined;
  /** Milliseconds of a clock that never runs backwards. Default: the machine's. */
  readonly nowMs?: (() => number) | undefined;
}

/** An observer that writes the log, and its counters. */
export interface AccessLog extends CallObserver<Begun> {
  /** Lines that were lost: the sink was full, or threw. */
  readonly dropped: number;
}

/** A call under way. */
export interface Begun {
  readonly call: ObservedCall;
  readonly atEpochMs: number;
  readonly atMs: number;
}

/**
 * One line of JSON for each call that this vat serves, when it is over. Nothing of parameters,
 * results and claims is in it, and of an error only its code; what callers name themselves is
 * escaped as JSON escapes, so no line can pretend to be two.
 */
export function accessLog(options: AccessLogOptions): AccessLog {
  const { serverId, sample = 1, random = Math.random } = options;
  const { epochMs = Date.now, nowMs = () => performance.now() } = options;
  if (!(sample >= 0 && sample <= 1)) throw new RangeError("sample is a share from 0 to 1");
  const lines = new LineBuffer(options.sink, options.maxWaiting ?? 1024);
  let reported = 0;
  return {
    get dropped() {
      return lines.dropped;
    },
    start: (call) => ({ call, atEpochMs: epochMs(), atMs: nowMs() }),
    end({ call, atEpochMs, atMs }, error, statistics) {
      if (call.side !== "served") return;
      if (error === undefined && sample < 1 && random() >= sample) return;
      const line = lineOf(serverId, call, error, statistics, {
        timestamp: new Date(atEpochMs).toISOString(),
        durationMs: Math.round((nowMs() - atMs) * 1000) / 1000,
        // Said once, by the first line that gets through.
        dropped: lines.dropped === reported ? undefined : lines.dropped - reported,
      });
      if (lines.add(line)) reported = lines.dropped;
    },
  };
}

function lineOf(
  serverId: string,
  call: ObservedCall,
  error: RpcError | undefined,
  statistics: CallStatistics,
  { timestamp, ...rest }: { timestamp: string; durationMs: number; dropped: number | undefined },
): string {
  const { peer, auth, trace } = call;
  return JSON.stringify({
    timestamp,
    serverId,
    interface: call.interface,
    method: call.method,
    peer: peer?.id ?? null,
    principal: auth?.principal ?? null,
    domain: auth?.domain ?? null,
    authenticated: auth?.authenticated ?? false,
    remoteAddress: peer?.address ?? null,
    status: error === undefined ? "ok" : "error",
    errorCode: error?.code,
    requestId: call.requestId,
    // The span of the caller; what a tracer makes of this call is a child of it.
    traceId: trace?.traceparent.slice(3, 35),
    spanId: trace?.traceparent.slice(36, 52),
    label: call.label,
    bytesIn: statistics.bytesIn,
    bytesOut: statistics.bytesOut,
    ...rest,
  });
}
