/**
 * The envelope of calls and of returned results, of fixed size and shape, in the room that is kept
 * in front of their content: written as a template, and read directly when a peer lays it out in
 * the same way, as every handfast does. Offsets count bytes from the root pointer.
 *
 *        call                                return
 *     0  root → Message 8                    root → Message 8
 *     8  Message: tag; call → 24             Message: tag; return → 24
 *    24  Call: data; target → 72,            Return: data; results → 48
 *        params → 88, no third party
 *    72  MessageTarget
 *    88  Payload: content, capTable          48  Payload: content, capTable
 */
import { type CallMessage, type Content, type ReturnMessage } from "../rpc/index.ts";
import { type BuildArena } from "./build-arena.ts";
import { MessageTag, ReturnTag, SENDS_RESULTS_TO, Size, TargetTag } from "./envelope-layout.ts";
import { MAX_NESTING, WORD_BYTES } from "./limits.ts";
import { ENVELOPE_WORDS, ReceivedContent, sendable } from "./payload.ts";
import { type Segment } from "./segment.ts";
import { StructView } from "./struct-view.ts";

const CALL = { target: 72, payload: 88 } as const;
const RETURN = { payload: 48 } as const;
/** Both messages begin alike: the root pointer, the tag, and the pointer to the union's member. */
const TAG = 8;
const BODY_POINTER = 16;
const BODY = 24;

const MESSAGE_HIGH = high(Size.Message);
const CALL_HIGH = high(Size.Call);
const TRACED_CALL_HIGH = high(Size.TracedCall);
const RETURN_HIGH = high(Size.Return);
const TARGET_HIGH = high(Size.MessageTarget);
const PAYLOAD_HIGH = high(Size.Payload);
const TARGET_POINTER = BODY + Size.Call[0] * WORD_BYTES;
const PARAMS_POINTER = TARGET_POINTER + WORD_BYTES;
const RESULTS_POINTER = BODY + Size.Return[0] * WORD_BYTES;
const TARGET_LOW = low(TARGET_POINTER, CALL.target);
const PARAMS_LOW = low(PARAMS_POINTER, CALL.payload);
/** Where content stands in the nesting of a message: below Message, Call or Return, and Payload. */
const CONTENT_DEPTH = MAX_NESTING - 3;

/** What is not of fixed size: the pointer in a call's MessageTarget, and the capability tables. */
export const CALL_PROMISED_ANSWER = CALL.target + WORD_BYTES;
export const CALL_CAP_TABLE = CALL.payload + WORD_BYTES;
export const RETURN_CAP_TABLE = RETURN.payload + WORD_BYTES;

/** Everything of a call but a promised answer as its target, and its capability table. */
export function writeCallFront(message: CallMessage): BuildArena {
  const { arena } = sendable(message.params.content, "call");
  const { view, start } = arena.first;
  const { target } = message;
  beginFront(view, start, MessageTag.call, CALL_HIGH);
  view.setUint32(start + BODY, message.questionId, true);
  view.setUint16(start + BODY + 4, message.methodId, true);
  view.setUint16(start + BODY + 6, SENDS_RESULTS_TO.indexOf(message.sendResultsTo), true);
  view.setBigUint64(start + BODY + 8, message.interfaceId, true);
  view.setUint8(
    start + BODY + 16,
    (message.allowThirdPartyTailCall ? 1 : 0) |
      (message.noPromisePipelining ? 2 : 0) |
      (message.onlyPromisePipeline ? 4 : 0),
  );
  view.setInt32(start + TARGET_POINTER, TARGET_LOW, true);
  view.setInt32(start + TARGET_POINTER + 4, TARGET_HIGH, true);
  view.setInt32(start + PARAMS_POINTER, PARAMS_LOW, true);
  view.setInt32(start + PARAMS_POINTER + 4, PAYLOAD_HIGH, true);
  if (target.is === "importedCap") view.setUint32(start + CALL.target, target.id, true);
  view.setUint16(start + CALL.target + 4, TargetTag[target.is], true);
  return arena;
}

/**
 * Makes room for the pointer of a trace behind those of the call that was just written, where its
 * target was: that is to be written anew.
 */
export function widenCall({ first }: BuildArena): StructView {
  const { view, start } = first;
  view.setInt32(start + BODY_POINTER + 4, TRACED_CALL_HIGH, true);
  view.setBigUint64(start + TARGET_POINTER, 0n, true);
  view.setBigUint64(start + CALL.target, 0n, true);
  return new StructView(
    first,
    start + BODY,
    start + TARGET_POINTER,
    start + CALL.target + WORD_BYTES,
    MAX_NESTING,
  );
}

/** Everything of a Return with results but their capability table. */
export function writeReturnFront(message: ReturnMessage, content: Content): BuildArena {
  const { arena } = sendable(content, "return");
  const { view, start } = arena.first;
  beginFront(view, start, MessageTag.return, RETURN_HIGH);
  view.setUint32(start + BODY, message.answerId, true);
  view.setUint8(
    start + BODY + 4,
    (message.releaseParamCaps ? 0 : 1) | (message.noFinishNeeded ? 2 : 0),
  );
  view.setUint16(start + BODY + 6, ReturnTag.results, true);
  view.setInt32(start + RESULTS_POINTER + 4, PAYLOAD_HIGH, true);
  return arena;
}

/**
 * The call or return in a message that is laid out as above and carries no capabilities;
 * `undefined` for everything else, which is to be read pointer by pointer.
 */
export function readFront(first: Segment): CallMessage | ReturnMessage | undefined {
  const { view, start, end } = first;
  if (end - start < ENVELOPE_WORDS.return * WORD_BYTES) return undefined;
  if (!isAt(view, start, 0, MESSAGE_HIGH) || view.getInt32(start + BODY_POINTER, true) !== 0) {
    return undefined;
  }
  const bodyHigh = view.getInt32(start + BODY_POINTER + 4, true);
  switch (view.getUint16(start + TAG, true)) {
    case MessageTag.call:
      return bodyHigh === CALL_HIGH ? readCall(first) : undefined;
    case MessageTag.return:
      return bodyHigh === RETURN_HIGH ? readReturn(first) : undefined;
    default:
      return undefined;
  }
}

function readCall(first: Segment): CallMessage | undefined {
  const { view, start, end } = first;
  if (
    end - start < ENVELOPE_WORDS.call * WORD_BYTES ||
    !isAt(view, start + TARGET_POINTER, TARGET_LOW, TARGET_HIGH) ||
    !isAt(view, start + PARAMS_POINTER, PARAMS_LOW, PAYLOAD_HIGH) ||
    !isAt(view, start + CALL_CAP_TABLE, 0, 0) ||
    view.getUint16(start + CALL.target + 4, true) !== TargetTag.importedCap ||
    view.getUint16(start + BODY + 6, true) !== 0
  ) {
    return undefined;
  }
  first.arena.charge(ENVELOPE_WORDS.call - 1);
  const flags = view.getUint8(start + BODY + 16);
  return {
    is: "call",
    questionId: view.getUint32(start + BODY, true),
    target: { is: "importedCap", id: view.getUint32(start + CALL.target, true) },
    interfaceId: interfaceIdAt(view, start + BODY + 8),
    methodId: view.getUint16(start + BODY + 4, true),
    params: contentAt(first, start + CALL.payload),
    sendResultsTo: "caller",
    allowThirdPartyTailCall: (flags & 1) !== 0,
    noPromisePipelining: (flags & 2) !== 0,
    onlyPromisePipeline: (flags & 4) !== 0,
  };
}

function readReturn(first: Segment): ReturnMessage | undefined {
  const { view, start } = first;
  if (
    !isAt(view, start + RESULTS_POINTER, 0, PAYLOAD_HIGH) ||
    !isAt(view, start + RETURN_CAP_TABLE, 0, 0) ||
    view.getUint16(start + BODY + 6, true) !== ReturnTag.results
  ) {
    return undefined;
  }
  first.arena.charge(ENVELOPE_WORDS.return - 1);
  const flags = view.getUint8(start + BODY + 4);
  return {
    is: "return",
    answerId: view.getUint32(start + BODY, true),
    releaseParamCaps: (flags & 1) === 0,
    noFinishNeeded: (flags & 2) !== 0,
    outcome: { is: "results", payload: contentAt(first, start + RETURN.payload) },
  };
}

function contentAt(first: Segment, at: number): CallMessage["params"] {
  return { content: new ReceivedContent(first, at, CONTENT_DEPTH), capTable: [] };
}

/** The interface called last: most calls are to the same one, and a bigint is an object. */
let lastInterfaceId = 0n;
let lastLow = 0;
let lastHigh = 0;

function interfaceIdAt(view: DataView, at: number): bigint {
  const lowHalf = view.getInt32(at, true);
  const highHalf = view.getInt32(at + 4, true);
  if (lowHalf !== lastLow || highHalf !== lastHigh) {
    lastInterfaceId = view.getBigUint64(at, true);
    lastLow = lowHalf;
    lastHigh = highHalf;
  }
  return lastInterfaceId;
}

function beginFront(view: DataView, start: number, tag: number, bodyHigh: number): void {
  view.setInt32(start + 4, MESSAGE_HIGH, true);
  view.setUint16(start + TAG, tag, true);
  view.setInt32(start + BODY_POINTER + 4, bodyHigh, true);
}

function isAt(view: DataView, at: number, lowHalf: number, highHalf: number): boolean {
  return view.getInt32(at, true) === lowHalf && view.getInt32(at + 4, true) === highHalf;
}

/** The upper half of a pointer to a struct of this size (encoding spec, "Structs"). */
function high([dataWords, pointerCount]: readonly [number, number]): number {
  return dataWords | (pointerCount << 16);
}

/** The lower half of a pointer at `from` to a struct at `to`. */
function low(from: number, to: number): number {
  return ((to - from - WORD_BYTES) / WORD_BYTES) << 2;
}
