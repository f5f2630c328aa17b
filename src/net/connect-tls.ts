import { connect } from "node:tls";
import { type Clock, type PeerId } from "../base/index.ts";
import { type ListenAddress, printHostPort } from "./address.ts";
import { type Certificate, certifiedPeer, certifiedRoad, TLS } from "./certificate.ts";
import { realClock } from "./clock.ts";
import { announcingFailure } from "./diagnostics.ts";
import { NetError } from "./error.ts";
import { type NetLimits, withDefaults } from "./limits.ts";
import { connected, reached } from "./reached.ts";
import { type SecureSocket } from "./secure-socket.ts";

export interface TlsDialOptions {
  readonly address: ListenAddress;
  /** Who must be there: `mtls-sha256:…`. */
  readonly id: PeerId;
  readonly certificate: Certificate;
  /** Gives the dial up. */
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<NetLimits> | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Dials the peer with this id over Node's TLS 1.3. Rejects as `dial` does; with `NetError`
 * `NOT_ADMITTED` when another certificate answers. Unlike a SecretHandshake this does not wait for
 * the server's verdict on us: a refusal comes later, as a cut road.
 */
export function dialTls(options: TlsDialOptions): Promise<SecureSocket> {
  const { address, certificate, id, signal, clock = realClock } = options;
  const target = printHostPort(address.host, address.port);
  const limits = withDefaults(options.limits);
  return announcingFailure(target, async () => {
    const startedAtMs = clock.now();
    const settings = { ...TLS, ...certificate, checkServerIdentity: () => undefined };
    const socket = connect({ ...address, ...settings });
    await connected(socket, target, { connectMs: limits.connectMs, signal, clock });
    const connectedAtMs = clock.now();
    await reached(socket, "secureConnect", {
      target,
      withinMs: limits.handshakeMs,
      late: () => new NetError("HANDSHAKE_TIMEOUT", `${target}: no TLS handshake in time`),
      signal,
      clock,
    });
    const peer = certifiedPeer(socket, target);
    if (peer?.id !== id) {
      socket.destroy();
      throw new NetError("NOT_ADMITTED", `${target} has another certificate`);
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, limits.keepaliveMs);
    const connectMs = connectedAtMs - startedAtMs;
    const handshakeMs = clock.now() - connectedAtMs;
    const origin = { direction: "dialled", connectMs, handshakeMs } as const;
    return certifiedRoad(socket, peer, origin, limits, clock);
  });
}
