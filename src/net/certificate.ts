import { X509Certificate } from "node:crypto";
import { type TLSSocket } from "node:tls";
import {
  ByteQueue,
  type Claims,
  type Clock,
  type PeerId,
  peerIdOfCertificate,
} from "../base/index.ts";
import { type RoadOrigin } from "./diagnostics.ts";
import { NetError } from "./error.ts";
import { type NetLimits } from "./limits.ts";
import { PlainOpener, PlainSealer } from "./plain-records.ts";
import { RoadPeer } from "./road-peer.ts";
import { SecureSocket } from "./secure-socket.ts";

/** Who we are on roads of TLS, in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** The id under which TLS peers know us. Throws `NetError` `CERTIFICATE_INVALID`. */
export function idOfCertificate({ cert }: Certificate): PeerId {
  try {
    return idOf(new X509Certificate(cert));
  } catch (cause) {
    throw new NetError("CERTIFICATE_INVALID", "this is not a certificate in PEM", { cause });
  }
}

/** A peer is its certificate's fingerprint: no authority is asked, so it may sign itself. */
export const TLS = { minVersion: "TLSv1.3", rejectUnauthorized: false } as const;

/** Whoever holds the secret of the certificate at the other end; `undefined` without one. */
export function certifiedPeer(socket: TLSSocket, address: string): RoadPeer | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return new RoadPeer(idOf(certificate), address, "mtls", claimsOf(certificate));
}

function idOf({ fingerprint256 }: X509Certificate): PeerId {
  return peerIdOfCertificate(Buffer.from(fingerprint256.replaceAll(":", ""), "hex"));
}

/** The road that a finished TLS handshake has made. */
export function certifiedRoad(
  wire: TLSSocket,
  peer: RoadPeer,
  origin: RoadOrigin,
  limits: NetLimits,
  clock: Clock,
): SecureSocket {
  // RFC 9266: what TLS 1.3 has for a channel binding.
  const channelBinding = wire.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0));
  const session = { sealer: new PlainSealer(), opener: new PlainOpener(), channelBinding };
  return new SecureSocket({ wire, origin, peer, session, early: new ByteQueue(), limits, clock });
}

function claimsOf({ subject, serialNumber, validFrom, validTo }: X509Certificate): Claims {
  const dates = { validFrom: isoDate(validFrom), validTo: isoDate(validTo) };
  return { subject, serialNumber, ...dates };
}

/** As in JSON; `undefined` for what is no date, for nobody checked the certificate. */
function isoDate(text: string): string | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
