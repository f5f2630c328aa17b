import { type Exports } from "./export.ts";
import { type Message } from "./messages.ts";
import { type Questions } from "./questions.ts";
import { violation } from "./violation.ts";

/**
 * The peer echoes a message of ours that it did not understand (rpc.capnp Message.unimplemented): what
 * can be mended, is. Returns false when nothing depends on it; throws when all does.
 */
export function takeBack(message: Message, questions: Questions, exports: Exports): boolean {
  switch (message.is) {
    case "call":
    case "bootstrap":
      questions.unimplemented(message);
      return true;
    case "resolve": {
      // As if the peer had released the capability to which the promise was resolved.
      const { resolution } = message;
      if (resolution.is !== "cap") return true;
      const { cap } = resolution;
      if (cap.is === "senderHosted" || cap.is === "senderPromise") exports.release(cap.id, 1);
      return true;
    }
    case "disembargo":
      throw violation("the peer cannot disembargo, so the order of calls cannot be kept");
    case "return":
    case "finish":
    case "release":
    case "abort":
    case "unimplemented":
    case "unknown":
      return false;
    default:
      return message satisfies never;
  }
}
