import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type AnonymousPeer, type Clock } from "../base/index.ts";
import { type ListenAddress, printHostPort } from "./address.ts";
import { realClock } from "./clock.ts";
import { NetError, systemError } from "./error.ts";
import { type NetLimits, withDefaults } from "./limits.ts";
import { plainRoad } from "./plain-road.ts";
import { remoteAddressOf, UnknownPeer, unmapped } from "./road-peer.ts";
import { type SecureSocket } from "./secure-socket.ts";

/**
 * Plain TCP, for programs that speak no SecretHandshake and for nothing but this machine: anybody
 * on it can connect, and nobody proves anything.
 */
export interface InsecureOptions {
  readonly address: ListenAddress;
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<NetLimits> | undefined;
  readonly clock?: Clock | undefined;
}

/** Dials. Rejects with `NetError` `INSECURE`, `CONNECTION_REFUSED`, `CONNECT_TIMEOUT`, `ABORTED`. */
export function dialInsecure(options: InsecureOptions): Promise<SecureSocket<AnonymousPeer>> {
  const { address, signal, clock = realClock } = options;
  requireLoopback(address.host);
  const { connectMs } = withDefaults(options.limits);
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, noDelay: true, allowHalfOpen: true });
    const fail = (error: Error) => {
      socket.destroy();
      settled();
      reject(error);
    };
    const failed = (error: Error) => {
      fail(systemError(error, printHostPort(address.host, address.port)));
    };
    const aborted = () => {
      fail(new NetError("ABORTED", "the dial was given up", { cause: signal?.reason }));
    };
    const cancelTimer = clock.after(connectMs, () => {
      fail(new NetError("CONNECT_TIMEOUT", "no answer in time"));
    });
    const settled = () => {
      cancelTimer();
      signal?.removeEventListener("abort", aborted);
    };
    signal?.addEventListener("abort", aborted, { once: true });
    socket.once("error", failed);
    socket.once("connect", () => {
      settled();
      socket.off("error", failed);
      resolve(roadOver(socket, options));
    });
    if (signal?.aborted === true) aborted();
  });
}

/** An open door of plain TCP. */
export interface InsecureListener {
  readonly address: ListenAddress;
  close(): Promise<void>;
}

/** Listens. Rejects with `NetError` `INSECURE`, `PORT_IN_USE` and the like. */
export function listenInsecure(
  options: InsecureOptions,
  accepted: (road: SecureSocket<AnonymousPeer>) => void,
): Promise<InsecureListener> {
  const { host, port } = options.address;
  requireLoopback(host);
  const { maxConnections } = withDefaults(options.limits);
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    accepted(roadOver(socket, options));
  });
  server.maxConnections = maxConnections;
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      reject(systemError(error, `cannot listen on ${printHostPort(host, port)}`));
    };
    server.once("error", failed);
    server.listen({ host, port }, () => {
      server.off("error", failed);
      server.on("error", () => {}); // of one connection: go on accepting
      const { port: chosen } = server.address() as AddressInfo; // it listens on TCP
      resolve({
        address: { host, port: chosen },
        close: () =>
          new Promise((closed) => {
            server.close();
            setImmediate(closed);
          }),
      });
    });
  });
}

function roadOver(socket: Socket, options: InsecureOptions): SecureSocket<AnonymousPeer> {
  return plainRoad(socket, new UnknownPeer(remoteAddressOf(socket), "tcp"), options);
}

/** `localhost` may be resolved to anything, so the addresses themselves are asked for. */
function requireLoopback(host: string): void {
  if (/^127\.\d+\.\d+\.\d+$/.test(unmapped(host)) || host === "::1") return;
  const message = `plain TCP goes to 127.0.0.1 and ::1 only, not to ${host}`;
  throw new NetError("INSECURE", message);
}
