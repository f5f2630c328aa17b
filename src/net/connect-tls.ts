import { connect } from "node:tls";
import { type Clock, type PeerId } from "../base/index.ts";
import { type ListenAddress, printHostPort } from "./address.ts";
import { type Certificate, certifiedPeer, certifiedRoad, TLS } from "./certificate.ts";
import { realClock } from "./clock.ts";
import { announceFailedDial } from "./diagnostics.ts";
import { NetError, systemError } from "./error.ts";
import { type NetLimits, withDefaults } from "./limits.ts";
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
  return new Promise((resolve, reject) => {
    const startedAtMs = clock.now();
    let connectedAtMs = startedAtMs;
    const settings = { ...TLS, ...certificate, checkServerIdentity: () => undefined };
    const socket = connect({ ...address, ...settings });
    const settled = () => {
      cancelTimer();
      signal?.removeEventListener("abort", aborted);
    };
    const fail = (error: NetError) => {
      settled();
      socket.off("close", gone);
      socket.destroy();
      announceFailedDial(target, error);
      reject(error);
    };
    const failed = (error: Error) => {
      fail(systemError(error, target));
    };
    const aborted = () => {
      fail(new NetError("ABORTED", `${target}: the dial was given up`, { cause: signal?.reason }));
    };
    const late = () => {
      fail(new NetError("HANDSHAKE_TIMEOUT", `${target}: no TLS handshake in time`));
    };
    const gone = () => {
      fail(new NetError("HANDSHAKE_CUT", `${target} hung up during the TLS handshake`));
    };
    let cancelTimer = clock.after(limits.connectMs, () => {
      fail(new NetError("CONNECT_TIMEOUT", `${target}: no answer in time`));
    });
    signal?.addEventListener("abort", aborted, { once: true });
    socket.on("error", failed);
    socket.once("connect", () => {
      connectedAtMs = clock.now();
      cancelTimer();
      cancelTimer = clock.after(limits.handshakeMs, late);
    });
    socket.once("close", gone);
    socket.once("secureConnect", () => {
      const peer = certifiedPeer(socket, target);
      if (peer?.id !== id) {
        fail(new NetError("NOT_ADMITTED", `${target} has another certificate`));
        return;
      }
      settled();
      socket.off("error", failed);
      socket.off("close", gone);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, limits.keepaliveMs);
      const connectMs = connectedAtMs - startedAtMs;
      const handshakeMs = clock.now() - connectedAtMs;
      const origin = { direction: "dialled", connectMs, handshakeMs } as const;
      resolve(certifiedRoad(socket, peer, origin, limits, clock));
    });
    if (signal?.aborted === true) aborted();
  });
}
