import { type Socket } from "node:net";
import { type ListenAddress } from "./address.ts";
import { unmapped } from "./road-peer.ts";

/** Both ends of an accepted connection, as the system names them. */
export interface Endpoints {
  /** The client's; `undefined` where it has no name, as on a Unix-domain socket. */
  readonly source: ListenAddress | undefined;
  /** The one it connected to. */
  readonly destination: ListenAddress;
}

/** `listening` is told when the system does not say where the client connected to. */
export function endpointsOf(socket: Socket, listening: ListenAddress): Endpoints {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  return {
    source: endpoint(remoteAddress, remotePort),
    destination: endpoint(localAddress, localPort) ?? listening,
  };
}

function endpoint(host: string | undefined, port: number | undefined): ListenAddress | undefined {
  return host === undefined || port === undefined ? undefined : { host: unmapped(host), port };
}
