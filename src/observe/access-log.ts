import { type Clock } from "../base/index.ts";
import { type CallObserver, type ObservedCall } from "../objects/index.ts";
import { realClock } from "../net/index.ts";
import { AccessLines } from "./access-line.ts";
import { LineBuffer, type LineSink } from "./line-buffer.ts";

/** Who writes an access log, where to, and how much of it. */
export interface AccessLogOptions {
  /** Who writes the log, such as the vat's id. */
  readonly serverId: string;
  /**
   * Where the lines go: a function gets each as text without its newline, a stream gets one behind
   * each, as UTF-8, and all of a few milliseconds in one write. End it when the vat has closed.
   */
  readonly sink: LineSink;
  /** The share of successful calls that is logged, 0 to 1. Failures always are. Default 1. */
  readonly sample?: number | undefined;
  /** Lines that wait for a stream that is full, 16 MiB at most; further ones are dropped. Default 8192. */
  readonly maxWaiting?: number | undefined;
  /** Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Milliseconds since 1970. Default: the machine's calendar. */
  readonly epochMs?: (() => number) | undefined;
  /** Counts durations, and how long lines are gathered. Default: the machine's. */
  readonly clock?: Clock | undefined;
}

/** An observer that writes the log, and its counters. */
export interface AccessLog extends CallObserver<Begun | undefined> {
  /** Lines that were lost: the sink was full, or threw. */
  readonly dropped: number;
}

/** A call under way. */
export interface Begun {
  readonly call: ObservedCall;
  readonly timestamp: string;
  readonly atMs: number;
}

/**
 * One line of JSON for each call that this vat serves, when it is over. Nothing of parameters,
 * results and claims is in it, and of an error only its code; what callers name themselves is
 * escaped as JSON escapes, so no line can pretend to be two. Once lines were lost, the next one says
 * how many in all (`dropped`).
 */
export function accessLog(options: AccessLogOptions): AccessLog {
  const { serverId, sample = 1, random = Math.random } = options;
  const { epochMs = Date.now, clock = realClock } = options;
  if (!(sample >= 0 && sample <= 1)) throw new RangeError("sample is a share from 0 to 1");
  const buffer = new LineBuffer(options.sink, options.maxWaiting ?? 8192, clock);
  const lines = new AccessLines(serverId);
  const calendar = new Calendar(epochMs);
  let reported = 0;
  return {
    get dropped() {
      return buffer.dropped;
    },
    start(call) {
      if (call.side !== "served") return undefined;
      const atMs = clock.now();
      return { call, timestamp: calendar.timestamp(atMs), atMs };
    },
    end(begun, error, statistics) {
      if (begun === undefined) return;
      if (error === undefined && sample < 1 && random() >= sample) return;
      const { call, timestamp, atMs } = begun;
      const { dropped } = buffer;
      const outcome = {
        timestamp,
        durationMs: clock.now() - atMs,
        errorCode: error?.code,
        statistics,
        dropped: dropped === reported ? undefined : dropped,
      };
      reported = dropped;
      buffer.add((to) => {
        lines.put(to, call, outcome);
      });
    },
    closed() {
      buffer.flush();
    },
  };
}

/** What the calendar says when the clock says so: it is asked now and then, and formatted once. */
class Calendar {
  readonly #epochMs: () => number;
  /** From the clock to the calendar. */
  #offsetMs = 0;
  #askedAtMs = -Infinity;
  #epoch = Number.NaN;
  #timestamp = "";

  constructor(epochMs: () => number) {
    this.#epochMs = epochMs;
  }

  timestamp(atMs: number): string {
    if (atMs - this.#askedAtMs >= ASK_AGAIN_MS) {
      this.#askedAtMs = atMs;
      this.#offsetMs = this.#epochMs() - atMs;
    }
    const epoch = Math.round(this.#offsetMs + atMs);
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#timestamp = new Date(epoch).toISOString();
    }
    return this.#timestamp;
  }
}

/** How long the calendar may be set before timestamps follow. Ours. */
const ASK_AGAIN_MS = 100;
