import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { type ListenAddress } from "./address.ts";
import { type Certificate, certifiedPeer, certifiedRoad, TLS } from "./certificate.ts";
import { type Client, Door, type DoorOptions } from "./door.ts";
import { NetError, systemError } from "./error.ts";
import { hungUp } from "./message-reader.ts";
import { type RoadPeer } from "./road-peer.ts";
import { type SecureSocket } from "./secure-socket.ts";
import { type Handshake, Visit, type VisitEvents, type VisitTerms } from "./visit.ts";

export interface TlsListenOptions extends DoorOptions {
  readonly certificate: Certificate;
}

export interface TlsListener {
  /** What we really listen on; the port is never 0. */
  readonly address: ListenAddress;
  /** As a `RoadListener`'s. */
  readonly counts: Door["counts"];
  close(): Promise<void>;
}

/** Listens with Node's TLS 1.3 and a certificate on each side. Rejects as `listen` does. */
export async function listenTls(options: TlsListenOptions): Promise<TlsListener> {
  const { certificate } = options;
  const secureContext = createSecureContext({ ...certificate, minVersion: TLS.minVersion });
  const door = new Door(options, {
    foreign: ([first]) => (first === HANDSHAKE ? undefined : notTls),
    greet: (client, terms, events) => {
      new TlsAcceptance(client, secureContext, terms, events);
    },
  });
  await door.open();
  return door;
}

/** ContentType.handshake (RFC 8446 §5.1), with which a ClientHello begins. */
const HANDSHAKE = 22;

const notTls = () => new NetError("HANDSHAKE_CUT", "the client does not speak TLS");

/**
 * The server's side of a TLS handshake. A client without a certificate is refused when `admit`'s
 * refusals are, so that it learns nothing of them.
 */
class TlsAcceptance implements Handshake {
  readonly #terms: VisitTerms;
  readonly #visit: Visit;
  readonly #wire: TLSSocket;

  constructor(
    { socket, address }: Client,
    secureContext: SecureContext,
    terms: VisitTerms,
    events: VisitEvents,
  ) {
    this.#terms = terms;
    this.#visit = new Visit(socket, address, terms, events, this);
    socket.on("error", () => {}); // the wire above it tells
    events.spoke(); // TLS costs from its first message on
    const server = { isServer: true, requestCert: true, secureContext } as const;
    const wire = new TLSSocket(socket, { ...server, rejectUnauthorized: TLS.rejectUnauthorized });
    this.#wire = wire;
    wire.on("error", this.#failed);
    wire.on("close", this.#gone);
    wire.once("secure", this.#secured);
  }

  welcome(peer: RoadPeer): SecureSocket {
    const wire = this.#wire;
    const { limits, clock } = this.#terms;
    const handshakeMs = clock.now() - this.#visit.startedAtMs;
    const origin = { direction: "accepted", handshakeMs } as const;
    const road = certifiedRoad(wire, peer, origin, limits, clock);
    wire.off("close", this.#gone);
    wire.off("error", this.#failed);
    return road;
  }

  leave(): void {
    this.#wire.destroy();
  }

  readonly #failed = (error: Error): void => {
    this.#visit.fail(() => systemError(error, "TLS handshake"), false);
  };

  readonly #gone = (): void => {
    this.#visit.fail(hungUp, false);
  };

  readonly #secured = (): void => {
    const peer = certifiedPeer(this.#wire, this.#visit.address);
    if (peer === undefined) {
      this.#visit.fail(() => new NetError("NOT_ADMITTED", "the client has no certificate"), true);
    } else {
      this.#visit.judge(peer);
    }
  };
}
