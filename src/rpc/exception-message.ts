import { RpcError } from "./exception.ts";
import { type Exception } from "./messages.ts";

/** Says where an error came from; added once, however many vats it passes through. */
const REMOTE = "remote exception: ";

/** An error as it crosses the wire: what it says to others, and nothing of its code, cause or stack. */
export function exceptionOf({ kind, message, trace, details }: RpcError): Exception {
  return { kind, reason: message, trace, details };
}

/** An error as it came from the peer. */
export function errorOf({ kind, reason, trace, details }: Exception): RpcError {
  const message = reason.startsWith(REMOTE) ? reason : REMOTE + reason;
  return new RpcError(kind, message, { blame: "peer", trace, details });
}
