import { connect, createServer, type Socket } from "node:net";
import { type ListenAddress, printPlace } from "./address.ts";
import { realClock } from "./clock.ts";
import { bind, makeWay, unbind } from "./bind.ts";
import { announcingFailure, type RoadOrigin } from "./diagnostics.ts";
import { withDefaults } from "./limits.ts";
import { plainRoad, type PlainRoad, type PlainRoadOptions } from "./plain-road.ts";
import { connected } from "./reached.ts";
import { remoteAddressOf, UnknownPeer } from "./road-peer.ts";

/**
 * Plain TCP and Unix-domain sockets as roads: nobody proves anything, and whoever is on the way
 * reads along. `insecure.ts` keeps them to this machine; a tunnel has one at its inner end.
 */
export interface PlainOptions extends PlainRoadOptions {
  readonly address: ListenAddress;
  readonly signal?: AbortSignal | undefined;
}

/** Dials. Rejects with `NetError` `CONNECTION_REFUSED`, `CONNECT_TIMEOUT`, `ABORTED` and the like. */
export function dialPlain(options: PlainOptions): Promise<PlainRoad> {
  const { address, signal, clock = realClock } = options;
  const { host, port, path } = address;
  const target = printPlace(address);
  return announcingFailure(target, async () => {
    const startedAtMs = clock.now();
    const place = path === undefined ? { host, port } : { path };
    const socket = connect({ ...place, noDelay: true, allowHalfOpen: true });
    const { connectMs } = withDefaults(options.limits);
    await connected(socket, target, { connectMs, signal, clock });
    const origin = {
      direction: "dialled",
      connectMs: clock.now() - startedAtMs,
      handshakeMs: 0,
    } as const;
    return roadOver(socket, target, origin, options);
  });
}

/** An open door that asks nobody who they are. */
export interface PlainListener {
  /** What we really listen on; the port is never 0. */
  readonly address: ListenAddress;
  /** Accepts nobody more; the roads that are open stay. */
  close(): Promise<void>;
}

/** Listens. Rejects with `NetError` `PORT_IN_USE`, `PORT_FORBIDDEN`, `ADDRESS_UNAVAILABLE`. */
export async function listenPlain(
  options: PlainOptions,
  accepted: (road: PlainRoad) => void,
): Promise<PlainListener> {
  const { address } = options;
  const { path } = address;
  const { maxConnections } = withDefaults(options.limits);
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const origin = { direction: "accepted", handshakeMs: 0 } as const;
    accepted(roadOver(socket, path ?? remoteAddressOf(socket), origin, options));
  });
  server.maxConnections = maxConnections;
  await makeWay(address);
  return {
    address: await bind(server, address),
    close: () => unbind(server),
  };
}

function roadOver(
  socket: Socket,
  address: string,
  origin: RoadOrigin,
  options: PlainOptions,
): PlainRoad {
  const transport = options.address.path === undefined ? "tcp" : "unix";
  return plainRoad(socket, new UnknownPeer(address, transport), origin, options);
}
