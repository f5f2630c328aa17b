import { type Blame, HandfastError } from "../base/index.ts";
import { type ExceptionDetail, type ExceptionKind } from "./messages.ts";

/** The codes that this library gives. */
type KnownCode =
  /** The call failed, and would again. */
  | "FAILED"
  /** Too much is asked for now; later it may succeed. */
  | "OVERLOADED"
  /** A connection that the call needs is lost, or was cut. */
  | "DISCONNECTED"
  /** The other end does not know how: most often, the object has no such method. */
  | "UNIMPLEMENTED"
  /** The caller gave the call up. */
  | "CANCELED"
  /** The call's `timeoutMs` ran out. */
  | "TIMEOUT"
  /** The reference was revoked: it carries authority no longer. */
  | "REVOKED"
  /** The time of the reference is over: it carries authority no longer. */
  | "EXPIRED"
  /** The authority check failed: so an `AuthError` reaches the caller. */
  | "PERMISSION_DENIED"
  /** The peer broke a rule of rpc.capnp, and the connection was aborted. */
  | "PROTOCOL";

/**
 * What went wrong, finer than the wire's four kinds, which are the first four.
 *
 * An application may have codes of its own: a capital letter, then capitals, digits and underscores,
 * 64 in all. Between vats of this library a thrown code reaches the caller; other peers see the
 * kind alone, and so does everybody in place of `TIMEOUT` and `PROTOCOL`, which an end only ever
 * says of itself.
 */
export type RpcErrorCode = KnownCode | ApplicationCode;

/** The codes that this library gives; any other is an application's. */
export const RPC_ERROR_CODES: ReadonlySet<string> = new Set(
  Object.keys({
    FAILED: true,
    OVERLOADED: true,
    DISCONNECTED: true,
    UNIMPLEMENTED: true,
    CANCELED: true,
    TIMEOUT: true,
    REVOKED: true,
    EXPIRED: true,
    PERMISSION_DENIED: true,
    PROTOCOL: true,
  } satisfies Record<KnownCode, true>),
);

/** Any string, yet editors still offer the ones above. */
type ApplicationCode = string & Record<never, never>;

/** Whether the method may have run. */
export type Executed =
  /** Certainly not: repeating the call is safe. */
  | "no"
  /** Nobody here knows. */
  | "maybe";

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
 * reaches the caller only as `internal error (ref N)`. The code may be one of the application's own:
 * a capital letter, then capitals, digits and underscores, 64 in all. It crosses between vats of this
 * library; other peers see the kind alone, and so does everybody in place of `TIMEOUT` and
 * `PROTOCOL`, which an end only ever says of itself.
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
