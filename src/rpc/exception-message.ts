import { RpcError } from "./exception.ts";
import { type Exception, type ExceptionDetail } from "./messages.ts";

/** Says where an error came from; added once, however many vats it passes through. */
const REMOTE = "remote exception: ";

/**
 * The id of the detail that carries an `RpcErrorCode` between vats of this library: its ASCII
 * characters. Chosen at random, as rpc.capnp wants ids of details to be.
 */
export const CODE_DETAIL_ID = 0x929b14220d026265n;

/**
 * Codes that never cross: the four that say no more than the kind does, and those with which this
 * end speaks of itself, so that no peer can.
 */
const LOCAL_CODES: ReadonlySet<string> = new Set([
  "FAILED",
  "OVERLOADED",
  "DISCONNECTED",
  "UNIMPLEMENTED",
  "PROTOCOL",
  "TIMEOUT",
]);

const MAX_CODE_LENGTH = 64;
const CODE = /^[A-Z][A-Z0-9_]*$/;

/** An error as it crosses the wire: what it says to others, and nothing of its cause or stack. */
export function exceptionOf({ kind, code, message, trace, details }: RpcError): Exception {
  return { kind, reason: message, trace, details: withCode(code, details) };
}

/** An error as it came from the peer, which is to blame for it whatever it says. */
export function errorOf({ kind, reason, trace, details }: Exception): RpcError {
  const message = reason.startsWith(REMOTE) ? reason : REMOTE + reason;
  const others = details?.filter(({ id }) => id !== CODE_DETAIL_ID);
  return new RpcError(kind, message, {
    code: codeIn(details),
    blame: "peer",
    trace,
    details: others?.length === 0 ? undefined : others,
  });
}

function withCode(
  code: string,
  details: readonly ExceptionDetail[] = [],
): readonly ExceptionDetail[] | undefined {
  const others = details.filter(({ id }) => id !== CODE_DETAIL_ID);
  if (crosses(code)) return [{ id: CODE_DETAIL_ID, data: bytesOf(code) }, ...others];
  return others.length === 0 ? undefined : others;
}

/** The code that the peer gave; `undefined` when it gave none, or one that it may not give. */
function codeIn(details: readonly ExceptionDetail[] | undefined): string | undefined {
  const data = details?.find(({ id }) => id === CODE_DETAIL_ID)?.data;
  if (data === undefined || data.length > MAX_CODE_LENGTH) return undefined;
  const code = String.fromCharCode(...data);
  return crosses(code) ? code : undefined;
}

function crosses(code: string): boolean {
  return code.length <= MAX_CODE_LENGTH && CODE.test(code) && !LOCAL_CODES.has(code);
}

function bytesOf(code: string): Uint8Array {
  return Uint8Array.from(code, (character) => character.charCodeAt(0));
}
