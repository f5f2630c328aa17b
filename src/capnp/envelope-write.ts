import {
  type CallMessage,
  type CapDescriptor,
  type Message,
  type MessageTarget,
  type PromisedAnswer,
  type ReturnMessage,
  type ReturnOutcome,
  type WirePayload,
} from "../rpc/index.ts";
import { writeKeepsResults } from "./bootstrap-note.ts";
import { BuildArena } from "./build-arena.ts";
import { initStruct, initStructList } from "./build-pointer.ts";
import { copyPointer } from "./copy.ts";
import { encodeEcho, encodeUnknown } from "./envelope-echo.ts";
import { writeException } from "./envelope-exception.ts";
import {
  CALL_CAP_TABLE,
  CALL_PROMISED_ANSWER,
  RETURN_CAP_TABLE,
  widenCall,
  writeCallFront,
  writeReturnFront,
} from "./envelope-front.ts";
import {
  CapTag,
  DisembargoTag,
  MessageTag,
  OpTag,
  ResolveTag,
  ReturnTag,
  Size,
  TargetTag,
} from "./envelope-layout.ts";
import { MAX_NESTING, WORD_BYTES } from "./limits.ts";
import { setBool, setU16, setU32 } from "./scalar-write.ts";
import { type Segment } from "./segment.ts";
import { type StructView } from "./struct-view.ts";
import { writeTrace } from "./trace-note.ts";

/**
 * Writes an rpc.capnp message. A call or results are written around their content, which stays where
 * it was built; content that was received, or has been sent before, is copied.
 */
export function encodeMessage(message: Message): BuildArena {
  if (message.is === "call") return encodeCall(message);
  if (message.is === "return" && message.outcome.is === "results") {
    return encodeResults(message, message.outcome.payload);
  }
  if (message.is === "unknown") return encodeUnknown(message.raw);
  const echoed =
    message.is === "unimplemented" ? encodeEcho(message.message, encodeMessage) : undefined;
  const arena = new BuildArena(1);
  const { first } = arena;
  writeMessage(first, first.start, message, echoed);
  return arena;
}

function encodeCall(message: CallMessage): BuildArena {
  const arena = writeCallFront(message);
  const { first } = arena;
  const { target, params, trace } = message;
  if (trace !== undefined) {
    const call = widenCall(arena);
    writeTarget(field(call, 0, Size.MessageTarget), target);
    writeTrace(call, trace);
  } else if (target.is === "promisedAnswer") {
    const at = first.start + CALL_PROMISED_ANSWER;
    writePromisedAnswer(struct(first, at, Size.PromisedAnswer), target.answer);
  }
  writeCapTable(first, first.start + CALL_CAP_TABLE, params.capTable);
  return arena;
}

function encodeResults(message: ReturnMessage, payload: WirePayload): BuildArena {
  const arena = writeReturnFront(message, payload.content);
  const { first } = arena;
  writeCapTable(first, first.start + RETURN_CAP_TABLE, payload.capTable);
  return arena;
}

/** Messages of every other kind, behind the pointer at `at`; `echoed` is what the peer did not know. */
function writeMessage(
  segment: Segment,
  at: number,
  message: Exclude<Message, CallMessage | { is: "unknown" }>,
  echoed: BuildArena | undefined,
): void {
  const root = struct(segment, at, Size.Message);
  setU16(root, 0, MessageTag[message.is]);
  switch (message.is) {
    case "unimplemented":
      if (echoed !== undefined) copyRoot(echoed.first, root.segment, root.pointers);
      return;
    case "abort":
      writeException(root.segment, root.pointers, message.exception);
      return;
    case "bootstrap": {
      const noted = message.keepsResults === true;
      const bootstrap = field(root, 0, noted ? Size.NotedBootstrap : Size.Bootstrap);
      setU32(bootstrap, 0, message.questionId);
      if (noted) writeKeepsResults(bootstrap);
      return;
    }
    case "return":
      if (message.outcome.is === "results") break; // written around its content
      writeReturn(field(root, 0, Size.Return), message, message.outcome);
      return;
    case "finish": {
      const finish = field(root, 0, Size.Finish);
      setU32(finish, 0, message.questionId);
      setBool(finish, 32, message.releaseResultCaps, true);
      setBool(finish, 33, message.requireEarlyCancellationWorkaround, true);
      return;
    }
    case "resolve": {
      const resolve = field(root, 0, Size.Resolve);
      const { resolution } = message;
      setU32(resolve, 0, message.promiseId);
      if (resolution.is === "cap") {
        setU16(resolve, 4, ResolveTag.cap);
        writeCap(field(resolve, 0, Size.CapDescriptor), resolution.cap);
      } else if (resolution.is === "exception") {
        setU16(resolve, 4, ResolveTag.exception);
        writeException(resolve.segment, resolve.pointers, resolution.exception);
      } else {
        setU16(resolve, 4, UNKNOWN_TAG);
      }
      return;
    }
    case "release": {
      const release = field(root, 0, Size.Release);
      setU32(release, 0, message.id);
      setU32(release, 4, message.referenceCount);
      return;
    }
    case "disembargo": {
      const disembargo = field(root, 0, Size.Disembargo);
      const { context } = message;
      writeTarget(field(disembargo, 0, Size.MessageTarget), message.target);
      setU16(disembargo, 4, context.is === "unknown" ? UNKNOWN_TAG : DisembargoTag[context.is]);
      if (context.is !== "unknown") setU32(disembargo, 0, context.embargoId);
      return;
    }
    default:
      message satisfies never;
  }
}

/** What a union says in an echo of a message whose member we did not know. */
const UNKNOWN_TAG = 0xffff;

function writeReturn(
  at: StructView,
  { answerId, releaseParamCaps, noFinishNeeded }: ReturnMessage,
  outcome: Exclude<ReturnOutcome, { is: "results" }>,
): void {
  setU32(at, 0, answerId);
  setBool(at, 32, releaseParamCaps, true);
  setBool(at, 33, noFinishNeeded);
  setU16(at, 6, outcome.is === "unknown" ? UNKNOWN_TAG : ReturnTag[outcome.is]);
  switch (outcome.is) {
    case "exception":
      writeException(at.segment, at.pointers, outcome.exception);
      return;
    case "takeFromOtherQuestion":
      setU32(at, 8, outcome.questionId);
      return;
    case "canceled":
    case "resultsSentElsewhere":
    case "unknown":
      return;
    default:
      outcome satisfies never;
  }
}

function writeTarget(at: StructView, target: MessageTarget): void {
  setU16(at, 4, TargetTag[target.is]);
  if (target.is === "importedCap") setU32(at, 0, target.id);
  else writePromisedAnswer(field(at, 0, Size.PromisedAnswer), target.answer);
}

function writePromisedAnswer(at: StructView, { questionId, transform }: PromisedAnswer): void {
  setU32(at, 0, questionId);
  if (transform.length === 0) return;
  const ops = initStructList(at.segment, at.pointers, transform.length, ...Size.Op);
  transform.forEach((index, i) => {
    const op = ops.struct(i);
    setU16(op, 0, OpTag.getPointerField);
    setU16(op, 2, index);
  });
}

function writeCapTable(segment: Segment, at: number, caps: readonly CapDescriptor[]): void {
  if (caps.length === 0) return;
  const table = initStructList(segment, at, caps.length, ...Size.CapDescriptor);
  caps.forEach((cap, index) => {
    writeCap(table.struct(index), cap);
  });
}

/** Copies a whole message behind a pointer that is null. */
function copyRoot(first: Segment, to: Segment, at: number): void {
  copyPointer(first, first.start, MAX_NESTING, to, at, "verbatim");
}

function writeCap(at: StructView, cap: CapDescriptor): void {
  // `attachedFd` stays at its default, 0xff: none (rpc.capnp CapDescriptor.attachedFd).
  switch (cap.is) {
    case "none":
    case "unknown":
      return;
    case "senderHosted":
    case "senderPromise":
    case "receiverHosted":
      setU16(at, 0, CapTag[cap.is]);
      setU32(at, 4, cap.id);
      return;
    case "receiverAnswer":
      setU16(at, 0, CapTag.receiverAnswer);
      writePromisedAnswer(field(at, 0, Size.PromisedAnswer), cap.answer);
      return;
    case "thirdPartyHosted":
      setU16(at, 0, CapTag.thirdPartyHosted);
      setU32(field(at, 0, Size.ThirdPartyCapDescriptor), 0, cap.vineId);
      return;
    default:
      cap satisfies never;
  }
}

/** A new struct in pointer field `index`. */
function field(at: StructView, index: number, size: readonly [number, number]): StructView {
  return struct(at.segment, at.pointers + index * WORD_BYTES, size);
}

function struct(
  segment: Segment,
  at: number,
  [dataWords, pointerCount]: readonly [number, number],
): StructView {
  return initStruct(segment, at, dataWords, pointerCount);
}
