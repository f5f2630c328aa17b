import { type AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { ByteQueue, type Clock, fromHex, type PeerId, peerIdOfCertificate } from "../base/index.ts";
import { type AdmitPeer, type Refusal } from "./accept.ts";
import { type ListenAddress, printHostPort } from "./address.ts";
import { realClock } from "./clock.ts";
import { NetError, systemError } from "./error.ts";
import { type NetLimits, withDefaults } from "./limits.ts";
import { PlainOpener, PlainSealer } from "./plain-records.ts";
import { remoteAddressOf, RoadPeer } from "./road-peer.ts";
import { SecureSocket } from "./secure-socket.ts";

/**
 * Node's TLS 1.3 with a certificate on each side. A peer is the fingerprint of its certificate:
 * no authority is asked, so certificates may sign themselves.
 */
export interface TlsOptions {
  readonly address: ListenAddress;
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  readonly limits?: Partial<NetLimits> | undefined;
  readonly clock?: Clock | undefined;
}

export interface TlsListenOptions extends TlsOptions {
  readonly admit: AdmitPeer;
  readonly accepted: (road: SecureSocket) => void;
  readonly refused?: ((refusal: Refusal) => void) | undefined;
}

/**
 * Dials the peer with this id, `mtls-sha256:…`. Rejects with `NetError` `NOT_ADMITTED` when another
 * certificate answers. Unlike a SecretHandshake this does not wait for the server's verdict on us:
 * a refusal comes later, as a cut road.
 */
export function dialTls(options: TlsOptions & { readonly id: PeerId }): Promise<SecureSocket> {
  const { address, key, cert, id } = options;
  const target = printHostPort(address.host, address.port);
  const limits = withDefaults(options.limits);
  const { clock = realClock } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, key, cert, ...TLS, checkServerIdentity: () => undefined });
    const fail = (error: NetError) => {
      cancel();
      socket.destroy();
      reject(error);
    };
    const failed = (error: Error) => {
      fail(systemError(error, target));
    };
    const cancel = clock.after(limits.handshakeMs, () => {
      fail(new NetError("HANDSHAKE_TIMEOUT", `${target}: no TLS handshake in time`));
    });
    socket.on("error", failed);
    socket.once("secureConnect", () => {
      if (idOf(socket) !== id) {
        fail(new NetError("NOT_ADMITTED", `${target} has another certificate`));
        return;
      }
      cancel();
      socket.off("error", failed);
      resolve(roadOver(socket, new RoadPeer(id, target, "mtls"), limits, clock));
    });
  });
}

/** Listens with TLS. Rejects as `listen` does. */
export function listenTls(
  options: TlsListenOptions,
): Promise<{ readonly address: ListenAddress; close(): Promise<void> }> {
  const { host, port } = options.address;
  const { key, cert } = options;
  const limits = withDefaults(options.limits);
  const { clock = realClock } = options;
  return new Promise((resolve, reject) => {
    const settings = { key, cert, ...TLS, requestCert: true, allowHalfOpen: true };
    const server = createServer({ ...settings, handshakeTimeout: limits.handshakeMs });
    server.on("secureConnection", (socket) => {
      void judge(socket, options, limits, clock);
    });
    server.on("tlsClientError", (error, socket) => {
      socket.destroy();
      options.refused?.({ address: remoteAddressOf(socket), peer: undefined, error });
    });
    server.once("error", (error: Error) => {
      reject(systemError(error, `cannot listen on ${printHostPort(host, port)}`));
    });
    server.listen({ host, port }, () => {
      const { address, port: chosen } = server.address() as AddressInfo; // it listens on TCP
      resolve({
        address: { host: address, port: chosen },
        close: () => {
          server.close();
          return Promise.resolve();
        },
      });
    });
  });
}

const TLS = { minVersion: "TLSv1.3", rejectUnauthorized: false } as const;

/** Asks `admit`, which has `admitMs`; what it does not allow is cut. */
async function judge(
  socket: TLSSocket,
  options: TlsListenOptions,
  limits: NetLimits,
  clock: Clock,
): Promise<void> {
  socket.on("error", () => {}); // it is being judged: whatever fails, it is cut
  const address = remoteAddressOf(socket);
  const id = idOf(socket);
  const peer = id === undefined ? undefined : new RoadPeer(id, address, "mtls");
  let cancel = () => {};
  const late = new Promise<boolean>((resolve) => {
    cancel = clock.after(limits.admitMs, () => {
      resolve(false);
    });
  });
  let error: unknown = new NetError("NOT_ADMITTED", "no certificate, or admit said no");
  try {
    const attempt = { startedAtMs: clock.now() };
    const answer: unknown =
      peer === undefined ? false : await Promise.race([options.admit(peer, attempt), late]);
    if (peer !== undefined && answer === true && !socket.destroyed) {
      options.accepted(roadOver(socket, peer, limits, clock));
      return;
    }
  } catch (cause) {
    error = new NetError("NOT_ADMITTED", "admit threw", { blame: "caller", cause });
  } finally {
    cancel();
  }
  socket.destroy();
  options.refused?.({ address, peer, error });
}

/** The fingerprint of the certificate whose secret the peer holds. */
function idOf(socket: TLSSocket): PeerId | undefined {
  const certificate: { readonly fingerprint256?: string } = socket.getPeerCertificate();
  const fingerprint = fromHex(certificate.fingerprint256?.replaceAll(":", "") ?? "");
  return fingerprint?.length === 32 ? peerIdOfCertificate(fingerprint) : undefined;
}

function roadOver(wire: TLSSocket, peer: RoadPeer, limits: NetLimits, clock: Clock): SecureSocket {
  // RFC 9266: what TLS 1.3 has for a channel binding.
  const channelBinding = wire.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0));
  const session = { sealer: new PlainSealer(), opener: new PlainOpener(), channelBinding };
  const early = new ByteQueue();
  return new SecureSocket({ wire, peer, session, early, limits, clock });
}
