import {
  type CallMessage,
  type CapDescriptor,
  type DisembargoMessage,
  type Message,
  type MessageTarget,
  type PromisedAnswer,
  type ResolveMessage,
  type ReturnMessage,
  type ReturnOutcome,
  type WirePayload,
} from "../rpc/index.ts";
import { readKeepsResults } from "./bootstrap-note.ts";
import { CapnpError } from "./capnp-error.ts";
import { readFront } from "./envelope-front.ts";
import { readException } from "./envelope-exception.ts";
import {
  CapTag,
  DisembargoTag,
  MessageTag,
  OpTag,
  ResolveTag,
  ReturnTag,
  SENDS_RESULTS_TO,
  TargetTag,
} from "./envelope-layout.ts";
import { MAX_CAP_DESCRIPTORS, MAX_NESTING, MAX_TRANSFORM_OPS, WORD_BYTES } from "./limits.ts";
import { ElementSize, EMPTY_LIST, type ListView } from "./list-view.ts";
import { noContent, ReceivedContent } from "./payload.ts";
import { readList, readStruct } from "./pointer.ts";
import { bool, u16, u32, u64 } from "./scalar-read.ts";
import { type Arena } from "./segment.ts";
import { DEFAULT_STRUCT, type StructView } from "./struct-view.ts";
import { readTrace } from "./trace-note.ts";

/**
 * The rpc.capnp message that was received. Its content stays where it lies. Throws `CapnpError`
 * when it is malformed, or lacks something without which it means nothing.
 */
export function decodeMessage(arena: Arena): Message {
  const [first] = arena.segments;
  if (first === undefined || first.end - first.start < WORD_BYTES) {
    throw new CapnpError("NO_ROOT", "the message is empty");
  }
  return readFront(first) ?? messageOf(new ReceivedContent(first, first.start, MAX_NESTING));
}

function messageOf(raw: ReceivedContent): Message {
  const root = readStruct(raw.segment, raw.pointer, raw.depth) ?? DEFAULT_STRUCT;
  const kind = u16(root, 0);
  switch (kind) {
    case MessageTag.unimplemented:
      return { is: "unimplemented", message: innerMessage(root) };
    case MessageTag.abort:
      return { is: "abort", exception: readException(field(root, 0)) };
    case MessageTag.bootstrap: {
      const bootstrap = field(root, 0);
      const keepsResults = readKeepsResults(bootstrap);
      return { is: "bootstrap", questionId: u32(bootstrap, 0), keepsResults };
    }
    case MessageTag.call:
      return call(field(root, 0)) ?? { is: "unknown", kind, raw };
    case MessageTag.return:
      return returned(field(root, 0));
    case MessageTag.finish: {
      const finish = field(root, 0);
      return {
        is: "finish",
        questionId: u32(finish, 0),
        releaseResultCaps: bool(finish, 32, true),
        requireEarlyCancellationWorkaround: bool(finish, 33, true),
      };
    }
    case MessageTag.resolve:
      return resolve(field(root, 0));
    case MessageTag.release: {
      const release = field(root, 0);
      return { is: "release", id: u32(release, 0), referenceCount: u32(release, 4) };
    }
    case MessageTag.disembargo:
      return disembargo(field(root, 0)) ?? { is: "unknown", kind, raw };
    default:
      return { is: "unknown", kind, raw };
  }
}

/** The message that the peer does not implement. */
function innerMessage(root: StructView): Message {
  if (root.pointers >= root.end) {
    throw new CapnpError("ENVELOPE_INVALID", "an empty message");
  }
  return messageOf(new ReceivedContent(root.segment, root.pointers, root.depth));
}

/** `undefined` for a call on a target of a kind we do not know. */
function call(at: StructView): CallMessage | undefined {
  const callee = target(field(at, 0));
  if (callee === undefined) return undefined;
  const sendResultsTo = SENDS_RESULTS_TO[u16(at, 6)];
  return {
    is: "call",
    questionId: u32(at, 0),
    target: callee,
    interfaceId: u64(at, 8),
    methodId: u16(at, 4),
    params: payload(field(at, 1)),
    // A way of sending results that we do not know is certainly not ours to take.
    sendResultsTo: sendResultsTo ?? "thirdParty",
    allowThirdPartyTailCall: bool(at, 128),
    noPromisePipelining: bool(at, 129),
    onlyPromisePipeline: bool(at, 130),
    trace: readTrace(at),
  };
}

function returned(at: StructView): ReturnMessage {
  return {
    is: "return",
    answerId: u32(at, 0),
    releaseParamCaps: bool(at, 32, true),
    noFinishNeeded: bool(at, 33),
    outcome: outcome(at),
  };
}

function outcome(at: StructView): ReturnOutcome {
  switch (u16(at, 6)) {
    case ReturnTag.results:
      return { is: "results", payload: payload(field(at, 0)) };
    case ReturnTag.exception:
      return { is: "exception", exception: readException(field(at, 0)) };
    case ReturnTag.canceled:
      return { is: "canceled" };
    case ReturnTag.resultsSentElsewhere:
      return { is: "resultsSentElsewhere" };
    case ReturnTag.takeFromOtherQuestion:
      return { is: "takeFromOtherQuestion", questionId: u32(at, 8) };
    default:
      return { is: "unknown" };
  }
}

function resolve(at: StructView): ResolveMessage {
  const promiseId = u32(at, 0);
  switch (u16(at, 4)) {
    case ResolveTag.cap:
      return { is: "resolve", promiseId, resolution: { is: "cap", cap: cap(field(at, 0)) } };
    case ResolveTag.exception: {
      const resolution = { is: "exception", exception: readException(field(at, 0)) } as const;
      return { is: "resolve", promiseId, resolution };
    }
    default:
      return { is: "resolve", promiseId, resolution: { is: "unknown" } };
  }
}

/** `undefined` for a target of a kind we do not know. */
function disembargo(at: StructView): DisembargoMessage | undefined {
  const to = target(field(at, 0));
  return to && { is: "disembargo", target: to, context: disembargoContext(at) };
}

function disembargoContext(at: StructView): DisembargoMessage["context"] {
  const embargoId = u32(at, 0);
  switch (u16(at, 4)) {
    case DisembargoTag.senderLoopback:
      return { is: "senderLoopback", embargoId };
    case DisembargoTag.receiverLoopback:
      return { is: "receiverLoopback", embargoId };
    default:
      return { is: "unknown" };
  }
}

function target(at: StructView): MessageTarget | undefined {
  switch (u16(at, 4)) {
    case TargetTag.importedCap:
      return { is: "importedCap", id: u32(at, 0) };
    case TargetTag.promisedAnswer: {
      const answer = promisedAnswer(field(at, 0));
      return answer && { is: "promisedAnswer", answer };
    }
    default:
      return undefined;
  }
}

/** `undefined` when a step of its transform is of a kind we do not know. */
function promisedAnswer(at: StructView): PromisedAnswer | undefined {
  const ops = list(at, 0);
  if (ops.length > MAX_TRANSFORM_OPS) {
    throw new CapnpError("ENVELOPE_INVALID", `a transform of ${ops.length} steps`);
  }
  const transform: number[] = [];
  for (let i = 0; i < ops.length; i++) {
    const op = ops.struct(i);
    switch (u16(op, 0)) {
      case OpTag.noop:
        break;
      case OpTag.getPointerField:
        transform.push(u16(op, 2));
        break;
      default:
        return undefined;
    }
  }
  return { questionId: u32(at, 0), transform };
}

function payload(at: StructView): WirePayload {
  const content =
    at.pointers < at.end ? new ReceivedContent(at.segment, at.pointers, at.depth) : noContent();
  const table = list(at, 1);
  if (table.length === 0) return { content, capTable: [] };
  if (table.length > MAX_CAP_DESCRIPTORS) {
    throw new CapnpError("ENVELOPE_INVALID", `a table of ${table.length} capabilities`);
  }
  const capTable: CapDescriptor[] = [];
  for (let i = 0; i < table.length; i++) capTable.push(cap(table.struct(i)));
  return { content, capTable };
}

function cap(at: StructView): CapDescriptor {
  switch (u16(at, 0)) {
    case CapTag.none:
      return { is: "none" };
    case CapTag.senderHosted:
      return { is: "senderHosted", id: u32(at, 4) };
    case CapTag.senderPromise:
      return { is: "senderPromise", id: u32(at, 4) };
    case CapTag.receiverHosted:
      return { is: "receiverHosted", id: u32(at, 4) };
    case CapTag.receiverAnswer: {
      const answer = promisedAnswer(field(at, 0));
      return answer ? { is: "receiverAnswer", answer } : { is: "unknown" };
    }
    case CapTag.thirdPartyHosted:
      return { is: "thirdPartyHosted", vineId: u32(field(at, 0), 0) };
    default:
      return { is: "unknown" };
  }
}

/** The struct in pointer field `index`; a null pointer is a struct of defaults. */
function field(at: StructView, index: number): StructView {
  const pointer = at.pointers + index * WORD_BYTES;
  if (pointer >= at.end) return DEFAULT_STRUCT;
  return readStruct(at.segment, pointer, at.depth) ?? DEFAULT_STRUCT;
}

/** The list of structs in pointer field `index`. */
function list(at: StructView, index: number): ListView {
  const pointer = at.pointers + index * WORD_BYTES;
  if (pointer >= at.end) return EMPTY_LIST;
  return readList(at.segment, pointer, at.depth, ElementSize.composite) ?? EMPTY_LIST;
}
