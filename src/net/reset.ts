import { Socket } from "node:net";
import { type Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

/**
 * Cuts a wire with TCP's reset: a FIN would say that all was well. Unix-domain sockets and TLS have
 * nothing else; nor has TCP while our FIN waits behind what is unsent, since the system refuses to
 * reset a socket that is being shut down (uv_tcp_close_reset), and Node would never close it.
 */
export function reset(wire: Duplex): void {
  const isTcp = wire instanceof Socket && !(wire instanceof TLSSocket);
  const isEnding = wire.writableEnded && !wire.writableFinished;
  if (isTcp && wire.remoteAddress !== undefined && !isEnding) wire.resetAndDestroy();
  else wire.destroy();
}
