import {
  type CapDescriptor,
  type Exception,
  type Message,
  type MessageTarget,
  type PromisedAnswer,
  type ReturnMessage,
  type WirePayload,
} from "../rpc/index.ts";
import { writeText } from "./blob-write.ts";
import { BuildArena } from "./build-arena.ts";
import { initStruct, initStructList } from "./build-pointer.ts";
import { copyPointer } from "./copy.ts";
import {
  CapTag,
  DisembargoTag,
  EXCEPTION_KINDS,
  MessageTag,
  OpTag,
  ResolveTag,
  ReturnTag,
  SENDS_RESULTS_TO,
  Size,
  TargetTag,
} from "./envelope-layout.ts";
import { WORD_BYTES } from "./limits.ts";
import {
  type ContentBuilder,
  copyContent,
  ENVELOPE_WORDS,
  ReceivedContent,
  sendable,
} from "./payload.ts";
import { setBool, setU16, setU32, setU64 } from "./scalar-write.ts";
import { type Segment } from "./segment.ts";
import { type StructView } from "./struct-view.ts";
import { writeTrace } from "./trace-note.ts";

/**
 * Writes an rpc.capnp message. A call or return is written around its content, which stays where
 * it was built; content that was received, or has been sent before, is copied.
 */
export function encodeMessage(message: Message): BuildArena {
  const content = contentOf(message);
  if (content === undefined) {
    const arena = new BuildArena(1);
    const { first } = arena;
    writeMessage(first, first.start, message, undefined);
    return arena;
  }
  const { arena, envelope } = content;
  const { first } = arena;
  arena.openFront(ENVELOPE_WORDS[envelope]);
  writeMessage(first, arena.allocate(first, 1), message, content);
  return arena;
}

/** The content that the message is to be written around. */
function contentOf(message: Message): ContentBuilder | undefined {
  if (message.is === "call") return sendable(message.params.content, "call");
  if (message.is !== "return" || message.outcome.is !== "results") return undefined;
  return sendable(message.outcome.payload.content, "return");
}

/** Writes a message behind the pointer at `at`; `around` is content that is already in place. */
function writeMessage(
  segment: Segment,
  at: number,
  message: Message,
  around: ContentBuilder | undefined,
): void {
  if (message.is === "unknown") {
    if (message.raw instanceof ReceivedContent) {
      const { segment: from, pointer, depth } = message.raw;
      copyPointer(from, pointer, depth, segment, at, "verbatim");
    }
    return;
  }
  const root = struct(segment, at, Size.Message);
  setU16(root, 0, MessageTag[message.is]);
  switch (message.is) {
    case "unimplemented":
      writeMessage(root.segment, root.pointers, message.message, undefined);
      return;
    case "abort":
      writeException(root, 0, message.exception);
      return;
    case "bootstrap":
      setU32(field(root, 0, Size.Bootstrap), 0, message.questionId);
      return;
    case "call": {
      const { trace } = message;
      const call = field(root, 0, trace === undefined ? Size.Call : Size.TracedCall);
      setU32(call, 0, message.questionId);
      setU16(call, 4, message.methodId);
      setU16(call, 6, SENDS_RESULTS_TO.indexOf(message.sendResultsTo));
      setU64(call, 8, message.interfaceId);
      setBool(call, 128, message.allowThirdPartyTailCall);
      setBool(call, 129, message.noPromisePipelining);
      setBool(call, 130, message.onlyPromisePipeline);
      if (trace === undefined) {
        // Target and payload first: with what came before they fill the room in front exactly.
        const target = field(call, 0, Size.MessageTarget);
        const payload = field(call, 1, Size.Payload);
        writeTarget(target, message.target);
        writePayload(payload, message.params, around);
      } else {
        // The longer call leaves one word too few for the target, which goes behind the content.
        around?.arena.allocate(call.segment, 1);
        writePayload(field(call, 1, Size.Payload), message.params, around);
        writeTarget(field(call, 0, Size.MessageTarget), message.target);
        writeTrace(call, trace);
      }
      return;
    }
    case "return":
      writeReturn(field(root, 0, Size.Return), message, around);
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
        writeException(resolve, 0, resolution.exception);
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
  { answerId, releaseParamCaps, noFinishNeeded, outcome }: ReturnMessage,
  around: ContentBuilder | undefined,
): void {
  setU32(at, 0, answerId);
  setBool(at, 32, releaseParamCaps, true);
  setBool(at, 33, noFinishNeeded);
  setU16(at, 6, outcome.is === "unknown" ? UNKNOWN_TAG : ReturnTag[outcome.is]);
  switch (outcome.is) {
    case "results":
      writePayload(field(at, 0, Size.Payload), outcome.payload, around);
      return;
    case "exception":
      writeException(at, 0, outcome.exception);
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

/** `around`, if given, already lies where Payload.content leads. */
function writePayload(
  at: StructView,
  { content, capTable }: WirePayload,
  around: ContentBuilder | undefined,
): void {
  if (around === undefined) copyContent(content, at.segment, at.pointers);
  if (capTable.length === 0) return;
  const table = initStructList(
    at.segment,
    at.pointers + WORD_BYTES,
    capTable.length,
    ...Size.CapDescriptor,
  );
  capTable.forEach((cap, index) => writeCap(table.struct(index), cap));
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

function writeException(at: StructView, index: number, { kind, reason, trace }: Exception): void {
  const exception = field(at, index, Size.Exception);
  setU16(exception, 4, EXCEPTION_KINDS.indexOf(kind));
  writeText(exception.segment, exception.pointers, reason);
  if (trace !== undefined) writeText(exception.segment, exception.pointers + WORD_BYTES, trace);
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
