import { type Logger } from "../base/index.ts";
import { type CallContext, type ClientLog, dup, type LogLevel } from "../objects/index.ts";
import {
  LogLevel as WireLevel,
  type LogLine,
  LogSink,
  LogSource,
  LogSubscription,
} from "./client-log.capnp.ts";
import { type Connection, type PeerLogLine } from "./contract.ts";

/** Lines to one caller that have been sent and not yet taken. Ours. */
const MAX_UNDER_WAY = 16;

/** Lines to one caller that wait; further ones are dropped, and counted. Ours. */
const MAX_WAITING = 256;

/** Characters of a line's message; what is longer is cut. Ours: a screen. */
const MAX_MESSAGE_LENGTH = 4096;

/** Characters of a line's extra fields as JSON; what is longer is left out. Ours. */
const MAX_EXTRA_LENGTH = 8192;

/**
 * The lines that methods write with `call.clientLog()`, on their way to those who sent the calls.
 * Nobody gets any who did not ask, and everybody only those about calls of their own connection.
 */
export class ClientLogs {
  /** What callers ask; the vat's objects all have it. */
  readonly source: InstanceType<typeof LogSource.Server>;
  /** By the peer of the connection: an object that no other connection has. */
  readonly #outlets = new WeakMap<object, Outlet>();

  constructor() {
    this.source = LogSource.serve({
      subscribe: ({ sink, minLevel }, { peer }: CallContext) => {
        const level = typeof minLevel === "number" ? "error" : minLevel;
        const outlet = new Outlet(dup(sink), level);
        this.#outlets.get(peer)?.close();
        this.#outlets.set(peer, outlet);
        return { subscription: new Subscription(outlet) };
      },
    });
  }

  readonly write: ClientLog = (call, level, message: unknown, extra) => {
    const outlet = call.peer && this.#outlets.get(call.peer);
    if (outlet === undefined) return;
    try {
      outlet.add({
        level,
        message: cut(String(message)), // from JavaScript, anything may be passed
        extra: extra === undefined ? "" : jsonOf(extra),
        requestId: call.requestId ?? "",
        interface: call.interface,
        method: call.method,
      });
    } catch {
      outlet.drop();
    }
  };
}

/** Ends when its holder drops it, or is gone. */
class Subscription extends LogSubscription.Server {
  readonly #outlet: Outlet;

  constructor(outlet: Outlet) {
    super();
    this.#outlet = outlet;
  }

  [Symbol.dispose](): void {
    this.#outlet.close();
  }
}

/**
 * One caller's lines. A slow sink costs it lines and nobody anything else.
 *
 *   open   lines leave as long as few are under way, wait while there is room, or are counted
 *   over   closed, or a write has failed: the sink is let go of
 */
class Outlet {
  readonly #sink: LogSink.Client;
  readonly #minimum: number;
  readonly #waiting: LogLine.Init[] = [];
  #underWay = 0;
  #dropped = 0;
  #over = false;

  /** Takes over the sink. */
  constructor(sink: LogSink.Client, minLevel: LogLevel) {
    this.#sink = sink;
    this.#minimum = WireLevel.numberOf(minLevel);
  }

  add(line: LogLine.Init & { readonly level: LogLevel }): void {
    if (this.#over || WireLevel.numberOf(line.level) < this.#minimum) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.drop();
      return;
    }
    this.#waiting.push({ ...line, dropped: this.#dropped });
    this.#dropped = 0;
    this.#send();
  }

  /** The next line that leaves says how many did not. */
  drop(): void {
    this.#dropped += 1;
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting.length = 0;
    this.#sink[Symbol.dispose]();
  }

  #send(): void {
    while (this.#underWay < MAX_UNDER_WAY) {
      const line = this.#waiting.shift();
      if (line === undefined) return;
      this.#underWay += 1;
      this.#sink.write({ line }).then(
        () => {
          this.#underWay -= 1;
          if (!this.#over) this.#send();
        },
        () => {
          this.close();
        },
      );
    }
  }
}

/**
 * Asks the peer for the lines about our calls. A peer that gives none says `unimplemented`, which is
 * no failure. The function returned takes the wish back.
 */
export function subscribe(
  connection: Connection,
  minLevel: LogLevel,
  onLog: (line: PeerLogLine) => void,
  log: Logger,
): () => void {
  const source = connection.bootstrap(LogSource);
  const sink = LogSink.serve({
    write({ line }) {
      try {
        onLog(received(line));
      } catch (err) {
        log.warn({ err }, "onLog failed");
      }
      return {};
    },
  });
  const subscribing = source.subscribe({ sink, minLevel });
  source[Symbol.dispose]();
  subscribing.then(null, (err: unknown) => {
    log.debug({ err }, "the peer gives no log lines");
  });
  return () => {
    subscribing[Symbol.dispose]();
  };
}

function received(line: LogLine.Reader): PeerLogLine {
  const level = typeof line.level === "number" ? "error" : line.level; // of a newer schema
  return {
    level,
    message: line.message,
    extra: objectIn(line.extra),
    requestId: line.requestId,
    interface: line.interface,
    method: line.method,
    dropped: line.dropped,
  };
}

function objectIn(json: string): Readonly<Record<string, unknown>> | undefined {
  if (json === "" || json.length > MAX_EXTRA_LENGTH) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>) // an object of JSON
      : undefined;
  } catch {
    return undefined; // the peer's mistake
  }
}

function cut(message: string): string {
  if (message.length <= MAX_MESSAGE_LENGTH) return message;
  return `${message.slice(0, MAX_MESSAGE_LENGTH - 1)}…`;
}

/** The user's fields may hold anything: a cycle, a BigInt, a getter that throws. */
function jsonOf(extra: object): string {
  try {
    const json = JSON.stringify(extra);
    return json.length <= MAX_EXTRA_LENGTH ? json : '{"omitted":"too long"}';
  } catch {
    return '{"omitted":"no JSON"}';
  }
}
