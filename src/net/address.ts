import { isIPv4, isIPv6 } from "node:net";
import {
  fromBase64,
  type PeerId,
  parsePeerId,
  peerIdOfKey,
  PUBLIC_KEY_BYTES,
  publicKeyOf,
  toBase64,
} from "../base/index.ts";
import { type Suite } from "../shs/index.ts";
import { TextReader } from "./text-reader.ts";

/** Whom to dial: the key is the identity, host and port are a hint where it may be found. */
export interface PeerAddress {
  readonly id: PeerId;
  /** Lower case; an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Of a Unix-domain socket; then `host` is empty and `port` 0. */
  readonly path?: string | undefined;
  readonly suite: Suite;
  /** Names one object at that peer. */
  readonly sturdyId?: string | undefined;
}

/** Where to listen. Port 0 lets the system choose. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** Of a Unix-domain socket; then `host` is empty and `port` 0. */
  readonly path?: string | undefined;
}

/** The suite of an address that names none. */
const DEFAULT_SUITE = "aead64k" satisfies Suite;

const SUITES: readonly string[] = ["aead64k", "box-stream", "compact"] satisfies readonly Suite[];

const MAX_PORT = 65_535;

/**
 * Reads `capnp://ed25519:<key>@host:port[/<sturdy id>][?suite=…]`,
 * `capnp+unix://ed25519:<key>@/path[?suite=…]`, or Scuttlebutt's `net:host:port~shs:<key>`. Throws `NetError` `ADDRESS_INVALID` with the column.
 */
export function parsePeerAddress(text: string): PeerAddress {
  const reader = new TextReader(text);
  if (reader.accept("capnp://")) return parseCapnpAddress(reader);
  if (reader.accept("capnp+unix://")) return parseUnixAddress(reader);
  if (reader.accept("net:")) return parseScuttlebuttAddress(reader);
  throw reader.error("an address starts with capnp://, capnp+unix:// or net:");
}

/** The canonical spelling, which {@link parsePeerAddress} reads back to the same address. */
export function printPeerAddress(address: PeerAddress): string {
  const { id, path, suite, sturdyId } = address;
  const object = sturdyId === undefined ? "" : `/${sturdyId}`;
  const query = suite === DEFAULT_SUITE ? "" : `?suite=${suite}`;
  return path === undefined
    ? `capnp://${id}@${printPlace(address)}${object}${query}`
    : `capnp+unix://${id}@${path}${query}`;
}

/** Scuttlebutt's spelling of an address; `undefined` when it cannot say it. */
export function printScuttlebuttAddress(address: PeerAddress): string | undefined {
  const key = publicKeyOf(address.id);
  const { host, port, path, suite, sturdyId } = address;
  if (path !== undefined || key === undefined || suite !== "box-stream" || sturdyId !== undefined)
    return undefined;
  return `net:${printHostPort(host, port)}~shs:${toBase64(key)}`;
}

/** Reads `tcp://host:port` or `unix:/path`. Throws `NetError` `ADDRESS_INVALID` with the column. */
export function parseListenAddress(text: string): ListenAddress {
  const reader = new TextReader(text);
  if (reader.accept("unix:")) {
    const path = readPath(reader);
    reader.expectEnd();
    return { host: "", port: 0, path };
  }
  if (!reader.accept("tcp://"))
    throw reader.error("where to listen starts with tcp://, unix: or tls://");
  const host = readHost(reader);
  const port = readPort(reader, 0);
  reader.expectEnd();
  return { host, port };
}

/**
 * Reads where a plain service is: `host:port`, `tcp://host:port` or `unix:/path`. Throws `NetError`
 * `ADDRESS_INVALID` with the column.
 */
export function parsePlainAddress(text: string, smallestPort: number): ListenAddress {
  if (text.startsWith("unix:")) return parseListenAddress(text);
  const reader = new TextReader(text);
  reader.accept("tcp://");
  const host = readHost(reader);
  const port = readPort(reader, smallestPort);
  reader.expectEnd();
  return { host, port };
}

/** Reads `insecure://host:port`, plain TCP on this machine; `undefined` for any other scheme. */
export function parseInsecureAddress(
  text: string,
  smallestPort: number,
): ListenAddress | undefined {
  return parsePlaceAfter("insecure://", text, smallestPort);
}

function parsePlaceAfter(
  scheme: string,
  text: string,
  smallestPort: number,
): ListenAddress | undefined {
  const reader = new TextReader(text);
  if (!reader.accept(scheme)) return undefined;
  const host = readHost(reader);
  const port = readPort(reader, smallestPort);
  reader.expectEnd();
  return { host, port };
}

/** A peer that is known by its certificate. */
export interface TlsAddress extends ListenAddress {
  /** `mtls-sha256:…` */
  readonly id: PeerId;
}

/** Reads `capnp+tls://mtls-sha256:<hex>@host:port`; `undefined` for any other scheme. */
export function parseTlsAddress(text: string): TlsAddress | undefined {
  const reader = new TextReader(text);
  if (!reader.accept("capnp+tls://")) return undefined;
  const id = parsePeerId(reader.until("@", "a fingerprint is followed by @"));
  if (id === undefined || publicKeyOf(id) !== undefined) {
    throw reader.error("a fingerprint is mtls-sha256: and 64 hexadecimal digits");
  }
  reader.accept("@");
  const host = readHost(reader);
  const port = readPort(reader, 1);
  reader.expectEnd();
  return { id, host, port };
}

/** The spelling that {@link parseTlsAddress} reads. */
export function printTlsAddress({ id, host, port }: TlsAddress): string {
  return `capnp+tls://${id}@${printHostPort(host, port)}`;
}

/** Reads `tls://host:port`, where to listen; `undefined` for any other scheme. */
export function parseTlsListenAddress(text: string): ListenAddress | undefined {
  return parsePlaceAfter("tls://", text, 0);
}

/** `host:port`, an IPv6 address in brackets. */
export function printHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Where something listens, for people. */
export function printPlace({ host, port, path }: ListenAddress): string {
  return path ?? printHostPort(host, port);
}

function parseCapnpAddress(reader: TextReader): PeerAddress {
  const id = readKey(reader);
  const host = readHost(reader);
  const port = readPort(reader, 1);
  const sturdyId = readSturdyId(reader);
  const suite = readSuite(reader);
  reader.expectEnd();
  return { id, host, port, suite, ...(sturdyId === undefined ? {} : { sturdyId }) };
}

function parseUnixAddress(reader: TextReader): PeerAddress {
  const id = readKey(reader);
  const path = readPath(reader);
  const suite = readSuite(reader);
  reader.expectEnd();
  return { id, host: "", port: 0, path, suite };
}

function readKey(reader: TextReader): PeerId {
  const keyAt = reader.at;
  const id = parsePeerId(reader.matching(/[A-Za-z0-9_:-]*/y));
  if (id === undefined || publicKeyOf(id) === undefined) {
    throw reader.error("a key is ed25519: and 43 base64url characters", keyAt);
  }
  if (!reader.accept("@")) throw reader.error("a key is followed by @");
  return id;
}

/** From the root; the system allows at most 107 bytes (unix(7), sun_path). */
function readPath(reader: TextReader): string {
  const start = reader.at;
  const path = reader.matching(/\/[^\s?#]*/y);
  if (path.length < 2) throw reader.error("a path starts with /", start);
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw reader.error(`a socket's path has at most ${MAX_PATH_BYTES} bytes`, start);
  }
  return path;
}

const MAX_PATH_BYTES = 107;

function parseScuttlebuttAddress(reader: TextReader): PeerAddress {
  const host = readHost(reader);
  const port = readPort(reader, 1);
  if (!reader.accept("~shs:")) throw reader.error("the port is followed by ~shs: and a key");
  const keyAt = reader.at;
  const key = fromBase64(reader.rest());
  if (key?.length !== PUBLIC_KEY_BYTES) {
    throw reader.error("a key is 44 base64 characters", keyAt);
  }
  return { id: peerIdOfKey(key), host, port, suite: "box-stream" };
}

/** Reads a host alone: a name or an address, of IPv6 with brackets or without. Throws as others do. */
export function parseHost(text: string): string {
  if (isIPv6(text)) return text.toLowerCase();
  const reader = new TextReader(text);
  const host = readHost(reader);
  reader.expectEnd();
  return host;
}

function readHost(reader: TextReader): string {
  const start = reader.at;
  if (reader.accept("[")) {
    const host = reader.until("]", "an IPv6 address ends with ]");
    if (!isIPv6(host)) throw reader.error("not an IPv6 address", start + 1);
    reader.accept("]");
    return host.toLowerCase();
  }
  const host = reader.matching(/[A-Za-z0-9._-]*/y).toLowerCase();
  if (host === "") throw reader.error("a host is missing");
  if (!isHostName(host)) throw reader.error("not a host name", start);
  return host;
}

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** RFC 1123 labels; what is all digits and dots must be an IPv4 address. */
function isHostName(host: string): boolean {
  if (/^[\d.]+$/.test(host)) return isIPv4(host);
  return host.length <= 253 && host.split(".").every((label) => LABEL.test(label));
}

function readPort(reader: TextReader, smallest: number): number {
  if (!reader.accept(":")) throw reader.error("a host is followed by : and a port");
  const start = reader.at;
  const digits = reader.matching(/\d*/y);
  const port = Number(digits);
  if (String(port) !== digits || port < smallest || port > MAX_PORT) {
    throw reader.error(`a port is a number from ${smallest} to ${MAX_PORT}`, start);
  }
  return port;
}

function readSturdyId(reader: TextReader): string | undefined {
  if (!reader.accept("/")) return undefined;
  const start = reader.at;
  const sturdyId = reader.matching(/[A-Za-z0-9._~-]*/y);
  if (sturdyId === "") throw reader.error("after / stands the id of an object", start);
  return sturdyId;
}

function readSuite(reader: TextReader): Suite {
  if (!reader.accept("?")) return DEFAULT_SUITE;
  if (!reader.accept("suite=")) throw reader.error("after ? stands suite=");
  const start = reader.at;
  const suite = reader.rest();
  if (!isSuite(suite)) throw reader.error(`a suite is one of ${SUITES.join(", ")}`, start);
  return suite;
}

function isSuite(name: string): name is Suite {
  return SUITES.includes(name);
}
