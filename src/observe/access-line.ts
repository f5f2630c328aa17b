import { type AnonymousPeer, type AuthContext, type Peer } from "../base/index.ts";
import { type ObservedCall } from "../objects/index.ts";
import { type CallStatistics } from "../rpc/index.ts";

/** What a line says that is not in the call itself. */
export interface Outcome {
  readonly timestamp: string;
  readonly durationMs: number;
  readonly errorCode: string | undefined;
  readonly statistics: CallStatistics;
  /** Lines lost so far, in a line that says so. */
  readonly dropped: number | undefined;
}

/**
 * The lines of one access log, each an object of JSON. A line is put together from a few pieces: what
 * it has in common with the one before is not written anew, for calls come in batches from one
 * caller, and what comes again is escaped once.
 */
export class AccessLines {
  readonly #serverId: string;
  #timestamp = "";
  #head = "";
  #last: Subject = {} as Subject; // unlike every call, which has an interface
  #lastText = "";
  readonly #words = new Map<string, string>();
  readonly #callers = new WeakMap<Peer | AnonymousPeer, WeakMap<AuthContext, string>>();

  constructor(serverId: string) {
    this.#serverId = JSON.stringify(serverId);
  }

  lineOf(call: ObservedCall, outcome: Outcome): string {
    const { timestamp, durationMs, errorCode, statistics, dropped } = outcome;
    const status = errorCode === undefined ? OK : `error","errorCode":${this.#word(errorCode)}`;
    const cost = `,"bytesIn":${statistics.bytesIn},"bytesOut":${statistics.bytesOut}`;
    const end = `${cost},"durationMs":${inMicroseconds(durationMs)}`;
    const lost = dropped === undefined ? "}" : `,"dropped":${dropped}}`;
    return this.#headOf(timestamp) + this.#subjectOf(call) + status + idsOf(call) + end + lost;
  }

  #headOf(timestamp: string): string {
    if (timestamp !== this.#timestamp) {
      this.#timestamp = timestamp;
      this.#head = `{"timestamp":"${timestamp}","serverId":${this.#serverId}`;
    }
    return this.#head;
  }

  /** Who calls what, up to the `status`. */
  #subjectOf({ interface: name, method, peer, auth, label }: ObservedCall): string {
    const last = this.#last;
    if (
      last.method !== method ||
      last.interface !== name ||
      last.auth !== auth ||
      last.peer !== peer ||
      last.label !== label
    ) {
      this.#last = { interface: name, method, peer, auth, label };
      // Joined, for a string that was added up would be put together anew in every line.
      this.#lastText = [
        `,"interface":${this.#word(name)},"method":${this.#word(method)}`,
        this.#caller(peer, auth),
        label === undefined ? "" : `,"label":${this.#word(label)}`,
        ',"status":"',
      ].join("");
    }
    return this.#lastText;
  }

  /** Of the words that come again: names of interfaces and methods, labels, codes. */
  #word(text: string): string {
    let word = this.#words.get(text);
    if (word === undefined) {
      word = JSON.stringify(text);
      if (this.#words.size >= MAX_WORDS) this.#words.clear();
      this.#words.set(text, word);
    }
    return word;
  }

  #caller(peer: Subject["peer"], auth: Subject["auth"]): string {
    if (peer === undefined || auth === undefined) return callerOf(peer, auth);
    let known = this.#callers.get(peer);
    if (known === undefined) this.#callers.set(peer, (known = new WeakMap()));
    let text = known.get(auth);
    if (text === undefined) known.set(auth, (text = callerOf(peer, auth)));
    return text;
  }
}

/** What the calls of one caller to one method have in common. */
type Subject = Pick<ObservedCall, "interface" | "method" | "peer" | "auth" | "label">;

function callerOf(peer: Subject["peer"], auth: Subject["auth"]): string {
  const fields = JSON.stringify({
    peer: peer?.id ?? null,
    principal: auth?.principal ?? null,
    domain: auth?.domain ?? null,
    authenticated: auth?.authenticated ?? false,
    remoteAddress: peer?.address ?? null,
  });
  return `,${fields.slice(1, -1)}`;
}

function idsOf({ requestId, trace }: ObservedCall): string {
  const request = requestId === undefined ? "" : `,"requestId":${quoted(requestId)}`;
  if (trace === undefined) return request;
  // The span of the caller; what a tracer makes of this call is a child of it.
  const { traceparent } = trace;
  const traceId = quoted(traceparent.slice(3, 35));
  return `${request},"traceId":${traceId},"spanId":${quoted(traceparent.slice(36, 52))}`;
}

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Milliseconds with three decimals, which is quicker to print than a shortest decimal. */
function inMicroseconds(ms: number): string {
  const us = Math.round(ms * 1000);
  const whole = Math.floor(us / 1000);
  const rest = us - whole * 1000;
  return `${whole}.${rest < 10 ? "00" : rest < 100 ? "0" : ""}${rest}`;
}

const OK = 'ok"';

/** What JSON needs not escape. */
const PLAIN = /^[\w-]*$/;

/** Callers can make up the ids of interfaces, so there is no end of words. Ours. */
const MAX_WORDS = 4096;
