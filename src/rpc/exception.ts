import { type Blame, HandfastError } from "../base/index.ts";
import { type ExceptionDetail, type ExceptionKind } from "./messages.ts";

/**
 * What went wrong, finer than the wire's four kinds. The first four are those kinds themselves.
 * `CANCELED`: the caller gave the call up. `TIMEOUT`: its `timeoutMs` ran out. `REVOKED` and
 * `EXPIRED`: the reference no longer carries authority. `PERMISSION_DENIED`: it never did.
 * `PROTOCOL`: the peer broke a rule of rpc.capnp and the connection was aborted.
 *
 * An application may have codes of its own: a capital letter, then capitals, digits and underscores,
 * 64 in all. Between vats of this library a thrown code reaches the caller; other peers see the
 * kind alone, and so does everybody in place of `TIMEOUT` and `PROTOCOL`, which an end only ever
 * says of itself.
 */
export type RpcErrorCode = (typeof RPC_ERROR_CODES)[number] | ApplicationCode;

/** The codes that this library gives; any other is an application's. */
export const RPC_ERROR_CODES = [
  "FAILED",
  "OVERLOADED",
  "DISCONNECTED",
  "UNIMPLEMENTED",
  "CANCELED",
  "TIMEOUT",
  "REVOKED",
  "EXPIRED",
  "PERMISSION_DENIED",
  "PROTOCOL",
] as const;

/** Any string, yet editors still offer the ones above. */
type ApplicationCode = string & Record<never, never>;

/** Whether the method may have run: `no` means that repeating the call is safe. */
export type Executed = "no" | "maybe";

export interface RpcErrorOptions {
  readonly code?: RpcErrorCode | undefined;
  /** Default `caller`, for an error that a method throws about the call it was given. */
  readonly blame?: Blame | undefined;
  readonly executed?: Executed | undefined;
  /** The remote stack, when the peer sent one; text of the peer's choosing. */
  readonly trace?: string | undefined;
  /** Data for programs; what came from a peer is of the peer's choosing. */
  readonly details?: readonly ExceptionDetail[] | undefined;
  readonly cause?: unknown;
}

/**
 * A call that failed. Thrown by a method, its message, kind and code reach the caller; any other error
 * reaches the caller only as `internal error (ref N)`.
 */
export class RpcError extends HandfastError<RpcErrorCode> {
  /** One of the four kinds of rpc.capnp Exception.Type, always kept across the wire. */
  readonly kind: ExceptionKind;
  readonly executed: Executed;
  readonly trace: string | undefined;
  readonly details: readonly ExceptionDetail[] | undefined;

  constructor(kind: ExceptionKind, message: string, options: RpcErrorOptions = {}) {
    const { code = CODE_OF_KIND[kind], blame = "caller", cause } = options;
    super(code, message, { blame, cause });
    this.kind = kind;
    this.executed = options.executed ?? "maybe";
    this.trace = options.trace;
    this.details = options.details;
  }

  static failed(message: string, options?: RpcErrorOptions): RpcError {
    return new RpcError("failed", message, options);
  }

  static overloaded(message: string, options?: RpcErrorOptions): RpcError {
    return new RpcError("overloaded", message, options);
  }

  static disconnected(message: string, options?: RpcErrorOptions): RpcError {
    return new RpcError("disconnected", message, { blame: "network", ...options });
  }

  static unimplemented(message: string, options?: RpcErrorOptions): RpcError {
    return new RpcError("unimplemented", message, { blame: "incompatible", ...options });
  }
}

const CODE_OF_KIND: Readonly<Record<ExceptionKind, RpcErrorCode>> = {
  failed: "FAILED",
  overloaded: "OVERLOADED",
  disconnected: "DISCONNECTED",
  unimplemented: "UNIMPLEMENTED",
};

/** The same failure of a call that certainly did not run. */
export function unexecuted(error: RpcError): RpcError {
  return error.executed === "no" ? error : copied(error, "no");
}

/** The same failure of a call that may have run. */
export function perhapsExecuted(error: RpcError): RpcError {
  return error.executed === "maybe" ? error : copied(error, "maybe");
}

function copied(error: RpcError, executed: Executed): RpcError {
  const { kind, message, code, blame, trace, details, cause = error } = error;
  return new RpcError(kind, message, { code, blame, trace, details, executed, cause });
}

/** A chain of promises that leads nowhere. */
export function cycle(): RpcError {
  return RpcError.failed("a promise was resolved to itself");
}
