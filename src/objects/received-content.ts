import { type Content, NoContent, RpcError } from "../rpc/index.ts";
import { ContentBuilder, noContent, ReceivedContent } from "../capnp/index.ts";

/** Content to be read: received from a peer, or as a local caller built it. */
export function received(content: Content): ReceivedContent {
  if (content instanceof ReceivedContent) return content;
  if (content instanceof ContentBuilder) return content.asReceived();
  if (content instanceof NoContent) return noContent();
  throw RpcError.failed("a capability came where a struct was to be", { blame: "peer" });
}
