import { type IncomingCall, RpcError } from "../rpc/index.ts";

/** What a call fails with that nobody waits for any more. */
export function givenUp(cause?: unknown): RpcError {
  return RpcError.failed("the caller gave the call up", { code: "CANCELED", cause });
}

/** Why a call was cancelled. A caller whose connection is lost has given it up, too. */
export function cancellation({ canceledBy }: Pick<IncomingCall, "canceledBy">): RpcError {
  if (canceledBy?.code === "REVOKED" || canceledBy?.code === "EXPIRED") return canceledBy;
  return givenUp();
}
