import { type Blame, HandfastError } from "../base/index.ts";

/** What went wrong on the road: with an address, while connecting, or later. */
export type NetErrorCode =
  /** The text is no address; `at` has the column. */
  | "ADDRESS_INVALID"
  /** Plain TCP to anywhere but this machine. */
  | "INSECURE"
  /** A certificate or its key cannot be used. */
  | "CERTIFICATE_INVALID"
  /** A Unix socket that others own, or could replace. */
  | "SOCKET_UNSAFE"
  /** The name of the host cannot be looked up. */
  | "HOST_NOT_FOUND"
  /** Somebody listens there already. */
  | "PORT_IN_USE"
  /** The system does not let us use this port or path. */
  | "PORT_FORBIDDEN"
  /** It is not an address of this machine, or not in a folder of it. */
  | "ADDRESS_UNAVAILABLE"
  /** Nobody listens there. */
  | "CONNECTION_REFUSED"
  /** No way leads to the host. */
  | "UNREACHABLE"
  /** TCP had no answer in time. */
  | "CONNECT_TIMEOUT"
  /** The handshake, of TLS or the SecretHandshake, took too long. */
  | "HANDSHAKE_TIMEOUT"
  /** The peer hung up before it could know us: often another network. */
  | "HANDSHAKE_CUT"
  /** One end will not have the other, or another key was meant: the wire does not say which. */
  | "NOT_ADMITTED"
  /** The other end has our own key. */
  | "SELF_CONNECT"
  /** A limit of ours is reached: too many connections or handshakes. */
  | "TURNED_AWAY"
  /** The road was cut without a goodbye. */
  | "TRUNCATED"
  /** The connection was reset. */
  | "RESET"
  /** The peer shows no life. */
  | "IDLE_TIMEOUT"
  /** A record was begun and not completed in time. */
  | "STALLED"
  /** The peer sends signs of life or new keys, and little else. */
  | "FLOODED"
  /** The peer stopped reading. */
  | "WRITE_TIMEOUT"
  /** More was written than a limit of ours lets wait. */
  | "OVERFLOW"
  /** Something was written after our own end. */
  | "CLOSED"
  /** We cut the road or gave up the dial: by a signal, or `destroy`. */
  | "ABORTED"
  /** The system says something else; see `cause`. */
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
    const { blame = BLAME[code], cause, at } = options;
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
  EADDRINUSE: ["PORT_IN_USE", "it is in use"],
  EACCES: ["PORT_FORBIDDEN", "not permitted by the system"],
  EPERM: ["PORT_FORBIDDEN", "not permitted by the system"],
  EADDRNOTAVAIL: ["ADDRESS_UNAVAILABLE", "not an address of this machine"],
  EINVAL: ["ADDRESS_UNAVAILABLE", "without the right zone (fe80::1%eth0) it leads nowhere"],
  ENOTFOUND: ["HOST_NOT_FOUND", "no such host"],
  EAI_AGAIN: ["HOST_NOT_FOUND", "the host's name cannot be looked up now"],
  ECONNREFUSED: ["CONNECTION_REFUSED", "nobody listens there"],
  ENOENT: ["CONNECTION_REFUSED", "nobody listens there"],
  EAGAIN: ["CONNECTION_REFUSED", "too many wait there to be let in"], // of a Unix-domain socket
  EHOSTUNREACH: ["UNREACHABLE", "the host cannot be reached"],
  ENETUNREACH: ["UNREACHABLE", "the network cannot be reached"],
  ETIMEDOUT: ["CONNECT_TIMEOUT", "no answer in time"],
  ECONNRESET: ["RESET", "the connection was reset"],
  EPIPE: ["RESET", "the connection was reset"],
};

const BLAME: Readonly<Record<NetErrorCode, Blame>> = {
  ADDRESS_INVALID: "caller",
  INSECURE: "caller",
  CERTIFICATE_INVALID: "caller",
  SOCKET_UNSAFE: "caller",
  HOST_NOT_FOUND: "caller",
  PORT_IN_USE: "caller",
  PORT_FORBIDDEN: "caller",
  ADDRESS_UNAVAILABLE: "caller",
  CONNECTION_REFUSED: "network",
  UNREACHABLE: "network",
  CONNECT_TIMEOUT: "network",
  HANDSHAKE_TIMEOUT: "network",
  HANDSHAKE_CUT: "peer",
  NOT_ADMITTED: "peer",
  SELF_CONNECT: "caller",
  TURNED_AWAY: "peer",
  TRUNCATED: "network",
  RESET: "network",
  IDLE_TIMEOUT: "network",
  STALLED: "peer",
  FLOODED: "peer",
  WRITE_TIMEOUT: "peer",
  OVERFLOW: "caller",
  CLOSED: "caller",
  ABORTED: "caller",
  SOCKET_FAILED: "network",
};
