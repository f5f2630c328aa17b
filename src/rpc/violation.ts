import { RpcError } from "./exception.ts";

/** The peer broke a rule of rpc.capnp from which there is no recovery: the connection is aborted. */
export function violation(rule: string): RpcError {
  return RpcError.failed(rule, { code: "PROTOCOL", blame: "peer" });
}
