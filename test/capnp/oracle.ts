/** The same messages through capnp-ts and its own bindings of rpc.capnp. */
import * as capnp from "capnp-ts";
import * as rpc from "capnp-ts/src/std/rpc.capnp.js";
import { ContentBuilder, ReceivedContent } from "handfast/capnp";
import type {
  CapDescriptor,
  Exception,
  Message,
  MessageTarget,
  PromisedAnswer,
  WirePayload,
} from "../../src/rpc/index.ts";
import { Named } from "./zoo.capnp.ts";

/** rpc.capnp CapDescriptor.attachedFd, by default. */
const NO_FD = 0xff;

/** A message with each content replaced by the name in it, so that two can be compared. */
export function comparable(message: Message): unknown {
  return JSON.parse(
    JSON.stringify(message, (_, value: unknown) => {
      if (typeof value === "bigint") return String(value);
      if (value instanceof ContentBuilder) return value.asReceived().root(Named).name;
      return value instanceof ReceivedContent ? value.root(Named).name : value;
    }),
  );
}

/** The bytes that capnp-ts writes for this message. */
export function oracleEncodes(message: Message): Uint8Array {
  const out = new capnp.Message();
  write(out.initRoot(rpc.Message), message);
  return new Uint8Array(out.toArrayBuffer());
}

/** What capnp-ts reads from these bytes, in the form of `comparable`. */
export function oracleDecodes(bytes: Uint8Array): unknown {
  return read(new capnp.Message(bytes, false).getRoot(rpc.Message));
}

function write(to: rpc.Message, message: Message): void {
  switch (message.is) {
    case "unimplemented":
      write(to.initUnimplemented(), message.message);
      return;
    case "abort":
      to.initAbort().set(exceptionShape(message.exception));
      return;
    case "bootstrap":
      to.initBootstrap().set({ questionId: message.questionId });
      return;
    case "call": {
      const call = to.initCall();
      call.set({
        questionId: message.questionId,
        target: targetShape(message.target),
        interfaceId: message.interfaceId,
        methodId: message.methodId,
        allowThirdPartyTailCall: message.allowThirdPartyTailCall,
        noPromisePipelining: message.noPromisePipelining,
        onlyPromisePipeline: message.onlyPromisePipeline,
        sendResultsTo: message.sendResultsTo === "yourself" ? { yourself: null } : { caller: null },
      });
      writePayload(call.initParams(), message.params);
      return;
    }
    case "return": {
      const { outcome } = message;
      const at = to.initReturn();
      at.setAnswerId(message.answerId);
      at.setReleaseParamCaps(message.releaseParamCaps);
      at.setNoFinishNeeded(message.noFinishNeeded);
      if (outcome.is === "results") writePayload(at.initResults(), outcome.payload);
      else if (outcome.is === "exception")
        at.initException().set(exceptionShape(outcome.exception));
      else if (outcome.is === "canceled") at.setCanceled();
      else if (outcome.is === "resultsSentElsewhere") at.setResultsSentElsewhere();
      else if (outcome.is === "takeFromOtherQuestion") {
        at.setTakeFromOtherQuestion(outcome.questionId);
      }
      return;
    }
    case "finish":
      to.initFinish().set(message);
      return;
    case "resolve": {
      const { promiseId, resolution } = message;
      const at = to.initResolve();
      at.setPromiseId(promiseId);
      if (resolution.is === "cap") at.initCap().set(capShape(resolution.cap));
      else if (resolution.is === "exception") {
        at.initException().set(exceptionShape(resolution.exception));
      }
      return;
    }
    case "release":
      to.initRelease().set(message);
      return;
    case "disembargo": {
      const { target, context } = message;
      if (context.is === "unknown") return;
      to.initDisembargo().set({
        target: targetShape(target),
        context: { [context.is]: context.embargoId },
      });
      return;
    }
    case "unknown":
      return;
  }
}

function writePayload(to: rpc.Payload, { content, capTable }: WirePayload): void {
  const name = capnp.Struct.getAs(rpc.Exception, contentOf(to));
  capnp.Struct.initStruct(new capnp.ObjectSize(8, 2), name);
  const named = content instanceof ContentBuilder ? content.asReceived().root(Named).name : "";
  name.setReason(named);
  to.set({ capTable: capTable.map(capShape) });
}

/** Every Struct of capnp-ts is a Pointer that is read as one. */
function contentOf(payload: rpc.Payload): capnp.Struct {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- as it says
  return payload.getContent();
}

function read(from: rpc.Message): unknown {
  switch (from.which()) {
    case rpc.Message.UNIMPLEMENTED:
      return { is: "unimplemented", message: read(from.unimplemented) };
    case rpc.Message.ABORT:
      return { is: "abort", exception: readException(from.abort) };
    case rpc.Message.BOOTSTRAP:
      return { is: "bootstrap", questionId: from.bootstrap.questionId, keepsResults: false };
    case rpc.Message.CALL: {
      const { call } = from;
      return {
        is: "call",
        questionId: call.questionId,
        target: readTarget(call.target),
        interfaceId: String(call.interfaceId),
        methodId: call.methodId,
        params: readPayload(call.params),
        sendResultsTo: call.sendResultsTo.isYourself() ? "yourself" : "caller",
        allowThirdPartyTailCall: call.allowThirdPartyTailCall,
        noPromisePipelining: call.noPromisePipelining,
        onlyPromisePipeline: call.onlyPromisePipeline,
      };
    }
    case rpc.Message.RETURN: {
      const at = from.return;
      return {
        is: "return",
        answerId: at.answerId,
        releaseParamCaps: at.releaseParamCaps,
        noFinishNeeded: at.noFinishNeeded,
        outcome: readOutcome(at),
      };
    }
    case rpc.Message.FINISH: {
      const { questionId, releaseResultCaps, requireEarlyCancellationWorkaround } = from.finish;
      return { is: "finish", questionId, releaseResultCaps, requireEarlyCancellationWorkaround };
    }
    case rpc.Message.RESOLVE: {
      const at = from.resolve;
      const resolution = at.isCap()
        ? { is: "cap", cap: readCap(at.cap) }
        : { is: "exception", exception: readException(at.exception) };
      return { is: "resolve", promiseId: at.promiseId, resolution };
    }
    case rpc.Message.RELEASE:
      return {
        is: "release",
        id: from.release.id,
        referenceCount: from.release.referenceCount,
      };
    case rpc.Message.DISEMBARGO: {
      const { target, context } = from.disembargo;
      return {
        is: "disembargo",
        target: readTarget(target),
        context: context.isSenderLoopback()
          ? { is: "senderLoopback", embargoId: context.senderLoopback }
          : { is: "receiverLoopback", embargoId: context.receiverLoopback },
      };
    }
    default:
      return { is: "unknown" };
  }
}

function readOutcome(at: rpc.Return): unknown {
  if (at.isResults()) return { is: "results", payload: readPayload(at.results) };
  if (at.isException()) return { is: "exception", exception: readException(at.exception) };
  if (at.isCanceled()) return { is: "canceled" };
  if (at.isResultsSentElsewhere()) return { is: "resultsSentElsewhere" };
  return { is: "takeFromOtherQuestion", questionId: at.takeFromOtherQuestion };
}

function readPayload(from: rpc.Payload): unknown {
  const name = capnp.Struct.getAs(rpc.Exception, contentOf(from));
  return { content: name.reason, capTable: from.capTable.toArray().map(readCap) };
}

function targetShape(target: MessageTarget): rpc.MessageTarget_Shape {
  return target.is === "importedCap"
    ? { importedCap: target.id }
    : { promisedAnswer: answerShape(target.answer) };
}

function readTarget(from: rpc.MessageTarget): unknown {
  return from.isImportedCap()
    ? { is: "importedCap", id: from.importedCap }
    : { is: "promisedAnswer", answer: readAnswer(from.promisedAnswer) };
}

function answerShape({ questionId, transform }: PromisedAnswer): rpc.PromisedAnswer_Shape {
  return { questionId, transform: transform.map((getPointerField) => ({ getPointerField })) };
}

function readAnswer(from: rpc.PromisedAnswer): unknown {
  const transform = from.transform.toArray().map((op) => op.getPointerField);
  return { questionId: from.questionId, transform };
}

function exceptionShape({ kind, reason, trace }: Exception): rpc.Exception_Shape {
  const type = {
    failed: rpc.Exception_Type.FAILED,
    overloaded: rpc.Exception_Type.OVERLOADED,
    disconnected: rpc.Exception_Type.DISCONNECTED,
    unimplemented: rpc.Exception_Type.UNIMPLEMENTED,
  }[kind];
  return { reason, type, ...(trace === undefined ? {} : { trace }) };
}

function readException(from: rpc.Exception): unknown {
  const kind = ["failed", "overloaded", "disconnected", "unimplemented"][from.type];
  return { kind, reason: from.reason, ...(from.trace === "" ? {} : { trace: from.trace }) };
}

function capShape(cap: CapDescriptor): rpc.CapDescriptor_Shape {
  switch (cap.is) {
    case "senderHosted":
    case "senderPromise":
    case "receiverHosted":
      return { [cap.is]: cap.id };
    case "receiverAnswer":
      return { receiverAnswer: answerShape(cap.answer) };
    case "thirdPartyHosted":
      return { thirdPartyHosted: { vineId: cap.vineId } };
    case "none":
    case "unknown":
      return { none: null };
  }
}

function readCap(from: rpc.CapDescriptor): unknown {
  if (from.attachedFd !== NO_FD) return { is: "with a file descriptor", fd: from.attachedFd };
  if (from.isSenderHosted()) return { is: "senderHosted", id: from.senderHosted };
  if (from.isSenderPromise()) return { is: "senderPromise", id: from.senderPromise };
  if (from.isReceiverHosted()) return { is: "receiverHosted", id: from.receiverHosted };
  if (from.isReceiverAnswer()) {
    return { is: "receiverAnswer", answer: readAnswer(from.receiverAnswer) };
  }
  if (from.isThirdPartyHosted()) {
    return { is: "thirdPartyHosted", vineId: from.thirdPartyHosted.vineId };
  }
  return { is: "none" };
}
