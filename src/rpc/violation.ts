import { RpcError } from "./exception.ts";

/** The peer broke a rule of rpc.capnp from which there is no recovery: the connection is aborted. */
export function violation(rule: string): RpcError {
  return RpcError.failed(rule, { code: "PROTOCOL", blame: "peer" });
}

/** The peer went on after having been told that it is too much. */
export function cutOff(what: string): RpcError {
  return RpcError.overloaded(`twice as many ${what} as allowed`, { blame: "peer" });
}
