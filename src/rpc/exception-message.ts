import { RpcError } from "./exception.ts";
import { type Exception } from "./messages.ts";

/** Says where an error came from; added once, however many vats it passes through. */
const REMOTE = "remote exception: ";

/** An error as it crosses the wire: message, kind and nothing else of ours. */
export function exceptionOf({ kind, message, trace }: RpcError): Exception {
  return trace === undefined ? { kind, reason: message } : { kind, reason: message, trace };
}

/** An error as it came from the peer. */
export function errorOf({ kind, reason, trace }: Exception): RpcError {
  const message = reason.startsWith(REMOTE) ? reason : REMOTE + reason;
  return new RpcError(kind, message, { blame: "peer", trace });
}
