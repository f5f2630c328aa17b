import { type Content, RpcError } from "../rpc/index.ts";
import { ContentBuilder, ReceivedContent } from "./payload.ts";

/** Content to be read: received from a peer, or as a local caller built it. */
export function received(content: Content): ReceivedContent {
  if (content instanceof ReceivedContent) return content;
  if (content instanceof ContentBuilder) return content.asReceived();
  throw RpcError.failed("a capability came where a struct was to be", { blame: "peer" });
}
