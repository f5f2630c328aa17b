import { RpcError } from "../rpc/index.ts";

/** What a call fails with that nobody waits for any more. */
export function givenUp(cause?: unknown): RpcError {
  return RpcError.failed("the caller gave the call up", { code: "CANCELED", cause });
}
