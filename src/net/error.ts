import { type Blame, HandfastError } from "../base/index.ts";

/**
 * What went wrong on the road.
 *
 * Addresses: `ADDRESS_INVALID` (with the column), `HOST_NOT_FOUND`, `PORT_IN_USE`,
 * `PORT_FORBIDDEN`, `ADDRESS_UNAVAILABLE` (not of this machine), `INSECURE` (plain TCP to
 * anywhere but this machine), `CERTIFICATE_INVALID`, `SOCKET_UNSAFE` (a Unix socket that others own or could replace).
 *
 * Connecting: `CONNECTION_REFUSED` (nobody listens), `UNREACHABLE`, `CONNECT_TIMEOUT`,
 * `HANDSHAKE_TIMEOUT`, `HANDSHAKE_CUT` (the peer hung up before it could know us: often another
 * network), `NOT_ADMITTED` (it hung up after it could: not the key we meant, or it will not have
 * us; by design the wire does not say which), `SELF_CONNECT`, `TURNED_AWAY` (a limit of ours).
 *
 * Connected: `TRUNCATED` (cut without a goodbye), `RESET`, `IDLE_TIMEOUT`, `STALLED` (a record was
 * begun and never completed), `FLOODED` (signs of life and nothing else), `WRITE_TIMEOUT` (the peer stopped reading), `OVERFLOW` (more was
 * written than a limit of ours allows), `CLOSED` (written after our own end), `ABORTED` (a signal,
 * or `destroy`), `SOCKET_FAILED` (see `cause`).
 */
export type NetErrorCode =
  | "ADDRESS_INVALID"
  | "INSECURE"
  | "CERTIFICATE_INVALID"
  | "SOCKET_UNSAFE"
  | "HOST_NOT_FOUND"
  | "PORT_IN_USE"
  | "PORT_FORBIDDEN"
  | "ADDRESS_UNAVAILABLE"
  | "CONNECTION_REFUSED"
  | "UNREACHABLE"
  | "CONNECT_TIMEOUT"
  | "HANDSHAKE_TIMEOUT"
  | "HANDSHAKE_CUT"
  | "NOT_ADMITTED"
  | "SELF_CONNECT"
  | "TURNED_AWAY"
  | "TRUNCATED"
  | "RESET"
  | "IDLE_TIMEOUT"
  | "STALLED"
  | "FLOODED"
  | "WRITE_TIMEOUT"
  | "OVERFLOW"
  | "CLOSED"
  | "ABORTED"
  | "SOCKET_FAILED";

export interface NetErrorOptions {
  readonly blame?: Blame | undefined;
  readonly cause?: unknown;
  readonly at?: TextPosition | undefined;
}

/** Where in a text the fault is. */
export interface TextPosition {
  readonly text: string;
  /** The first character is column 1. */
  readonly column: number;
}

/** A failure below the records: addresses, sockets, deadlines, and who hung up when. */
export class NetError extends HandfastError<NetErrorCode> {
  /** For `ADDRESS_INVALID`: what was parsed, and where it stopped making sense. */
  readonly at: TextPosition | undefined;

  constructor(code: NetErrorCode, message: string, options: NetErrorOptions = {}) {
    const { blame = BLAME[code] ?? "network", cause, at } = options;
    super(code, message, { blame, cause });
    this.at = at;
  }
}

/** The `NetError` for what the operating system said; `doing` begins the message. */
export function systemError(cause: Error, doing: string): NetError {
  const systemCode = "code" in cause ? String(cause.code) : "";
  const [code, reason] = SYSTEM[systemCode] ?? ["SOCKET_FAILED", cause.message];
  return new NetError(code, `${doing}: ${reason}`, { cause });
}

const SYSTEM: Readonly<Record<string, readonly [NetErrorCode, string]>> = {
  EADDRINUSE: ["PORT_IN_USE", "the port is in use"],
  EACCES: ["PORT_FORBIDDEN", "not permitted by the system"],
  EPERM: ["PORT_FORBIDDEN", "not permitted by the system"],
  EADDRNOTAVAIL: ["ADDRESS_UNAVAILABLE", "not an address of this machine"],
  ENOTFOUND: ["HOST_NOT_FOUND", "no such host"],
  EAI_AGAIN: ["HOST_NOT_FOUND", "the host's name cannot be looked up now"],
  ECONNREFUSED: ["CONNECTION_REFUSED", "nobody listens there"],
  ENOENT: ["CONNECTION_REFUSED", "nobody listens there"],
  EHOSTUNREACH: ["UNREACHABLE", "the host cannot be reached"],
  ENETUNREACH: ["UNREACHABLE", "the network cannot be reached"],
  ETIMEDOUT: ["CONNECT_TIMEOUT", "no answer in time"],
  ECONNRESET: ["RESET", "the connection was reset"],
  EPIPE: ["RESET", "the connection was reset"],
};

const BLAME: Partial<Readonly<Record<NetErrorCode, Blame>>> = {
  ADDRESS_INVALID: "caller",
  INSECURE: "caller",
  CERTIFICATE_INVALID: "caller",
  SOCKET_UNSAFE: "caller",
  PORT_IN_USE: "caller",
  PORT_FORBIDDEN: "caller",
  ADDRESS_UNAVAILABLE: "caller",
  HOST_NOT_FOUND: "caller",
  NOT_ADMITTED: "peer",
  HANDSHAKE_CUT: "peer",
  SELF_CONNECT: "caller",
  TURNED_AWAY: "peer",
  STALLED: "peer",
  FLOODED: "peer",
  WRITE_TIMEOUT: "peer",
  OVERFLOW: "caller",
  CLOSED: "caller",
  ABORTED: "caller",
};
