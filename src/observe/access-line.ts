import { type AnonymousPeer, type AuthContext, type Peer } from "../base/index.ts";
import { type ObservedCall } from "../objects/index.ts";
import { type CallStatistics, type TraceContext } from "../rpc/index.ts";
import { type ByteBuilder } from "./byte-builder.ts";

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
 * caller, and what comes again is escaped and encoded once.
 */
export class AccessLines {
  readonly #serverId: string;
  #timestamp = "";
  #head: Uint8Array = OK; // until the first line has one
  #last: Subject = {} as Subject; // unlike every call, which has an interface
  #lastText: Uint8Array = OK; // likewise
  readonly #words = new Map<string, string>();
  readonly #callers = new WeakMap<Peer | AnonymousPeer, WeakMap<AuthContext, string>>();

  constructor(serverId: string) {
    this.#serverId = JSON.stringify(serverId);
  }

  /** Puts the line, without a newline, behind what is there. */
  put(to: ByteBuilder, call: ObservedCall, outcome: Outcome): void {
    const { timestamp, durationMs, errorCode, statistics, dropped } = outcome;
    to.put(this.#headOf(timestamp));
    to.put(this.#subjectOf(call));
    putQuoted(to, call.requestId ?? "");
    to.put(
      errorCode === undefined
        ? OK
        : encoded(`,"status":"error","errorCode":${this.#word(errorCode)},"bytesIn":`),
    );
    to.putWhole(statistics.bytesIn);
    to.put(BYTES_OUT);
    to.putWhole(statistics.bytesOut);
    to.put(DURATION);
    putMilliseconds(to, durationMs);
    if (call.trace !== undefined) putTrace(to, call.trace);
    if (dropped !== undefined) to.put(encoded(`,"dropped":${dropped}`));
    to.putByte(CLOSE);
  }

  #headOf(timestamp: string): Uint8Array {
    if (timestamp !== this.#timestamp) {
      this.#timestamp = timestamp;
      this.#head = Buffer.from(`{"timestamp":"${timestamp}","serverId":${this.#serverId}`);
    }
    return this.#head;
  }

  /** Who calls what, up to the `status`. */
  #subjectOf({ interface: name, method, peer, auth, label }: ObservedCall): Uint8Array {
    const last = this.#last;
    if (
      last.method !== method ||
      last.interface !== name ||
      last.auth !== auth ||
      last.peer !== peer ||
      last.label !== label
    ) {
      this.#last = { interface: name, method, peer, auth, label };
      const labelled = label === undefined ? "" : `,"label":${this.#word(label)}`;
      const where = `,"interface":${this.#word(name)},"method":${this.#word(method)}`;
      this.#lastText = Buffer.from(`${where}${this.#caller(peer, auth)}${labelled},"requestId":`);
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

/** The span of the caller; what a tracer makes of this call is a child of it. */
function putTrace(to: ByteBuilder, { traceparent }: TraceContext): void {
  const traceId = JSON.stringify(traceparent.slice(3, 35));
  const spanId = JSON.stringify(traceparent.slice(36, 52));
  to.put(encoded(`,"traceId":${traceId},"spanId":${spanId}`));
}

function putQuoted(to: ByteBuilder, text: string): void {
  const before = to.length;
  to.putByte(QUOTE);
  if (to.putPlain(text)) to.putByte(QUOTE);
  else {
    to.cut(before);
    to.put(encoded(JSON.stringify(text)));
  }
}

/** With three decimals, which is quicker to print than a shortest decimal. */
function putMilliseconds(to: ByteBuilder, ms: number): void {
  const us = Math.max(0, Math.round(ms * 1000));
  const whole = Math.floor(us / 1000);
  to.putWhole(whole);
  to.putByte(POINT);
  to.putWhole(us - whole * 1000, 3);
}

const encoded = (text: string): Uint8Array => Buffer.from(text);

const OK = encoded(',"status":"ok","bytesIn":');
const BYTES_OUT = encoded(',"bytesOut":');
const DURATION = encoded(',"durationMs":');
const [QUOTE, POINT, CLOSE] = [0x22, 0x2e, 0x7d];

/** Callers can make up the ids of interfaces, so there is no end of words. Ours. */
const MAX_WORDS = 4096;
