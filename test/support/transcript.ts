import { type Message } from "../../src/rpc/index.ts";
import { textOf } from "./test-content.ts";

/** One line for one message, in the words of rpc.capnp. */
export function lineOf(message: Message): string {
  switch (message.is) {
    case "bootstrap":
      return "bootstrap";
    case "call":
      return `call ${textOf(message.params.content)}`;
    case "return":
      return `return: ${outcomeOf(message.outcome)}`;
    case "finish":
      return message.releaseResultCaps ? "finish, releasing the results" : "finish";
    case "release":
      return "release";
    case "resolve":
      return `resolve: ${resolutionOf(message.resolution)}`;
    case "disembargo":
      return `disembargo ${message.context.is === "receiverLoopback" ? "reply" : "request"}`;
    case "abort":
      return `abort: ${message.exception.reason}`;
    case "unimplemented":
      return `unimplemented: ${lineOf(message.message)}`;
    case "unknown":
      return `message of kind ${message.kind}`;
    default:
      return message satisfies never;
  }
}

type Return = Extract<Message, { is: "return" }>;
type Resolve = Extract<Message, { is: "resolve" }>;

function outcomeOf(outcome: Return["outcome"]): string {
  switch (outcome.is) {
    case "results":
      return textOf(outcome.payload.content);
    case "exception":
      return `exception: ${outcome.exception.reason}`;
    case "canceled":
      return "canceled";
    case "resultsSentElsewhere":
      return "results sent elsewhere";
    case "takeFromOtherQuestion":
      return "take from other question";
    case "unknown":
      return "unknown";
    default:
      return outcome satisfies never;
  }
}

function resolutionOf(resolution: Resolve["resolution"]): string {
  switch (resolution.is) {
    case "cap":
      return resolution.cap.is;
    case "exception":
      return `exception: ${resolution.exception.reason}`;
    case "unknown":
      return "unknown";
    default:
      return resolution satisfies never;
  }
}
