import { type AnonymousPeer, type Logger, type PeerId, whenAborted } from "../base/index.ts";
import {
  type Certificate,
  type DoorOptions,
  idOfCertificate,
  listen,
  type ListenAddress,
  listenInsecure,
  listenInsecureUnix,
  listenTls,
  parseHost,
  parseInsecureAddress,
  parseInsecureUnixAddress,
  parseListenAddress,
  parseTlsListenAddress,
  printHostPort,
  printPeerAddress,
  printTlsAddress,
  type Road,
} from "../net/index.ts";
import { type Listener, type ListenOptions, type VatOptions } from "./contract.ts";
import { VatError } from "./error.ts";
import { Identity } from "./identity.ts";
import { type VatLimits } from "./limits.ts";
import { OpenDoor } from "./open-door.ts";

/** What listening needs of the vat. */
export interface DoorOwner {
  readonly limits: VatLimits;
  /** The network identifier, 32 bytes. */
  readonly network: Uint8Array;
  readonly log: Logger;
  /** Throws `VatError` `CLOSED`. */
  requireOpen(): void;
  /** Whether a peer may in whose handshake began at that time, just before we prove our key. */
  confirm(peer: PeerId, startedAtMs: number): boolean;
  /** Somebody came in and has proven who it is. */
  welcome(road: Road): void;
  /** Somebody came in of whom nothing is known; `offer` is what is to be had at this door. */
  welcomeAnonymous(road: Road<AnonymousPeer>, offer: ListenOptions["bootstrap"]): void;
}

/** The doors of a vat: everything that it listens on. */
export class Doors {
  readonly #owner: DoorOwner;
  readonly #options: VatOptions;
  readonly #open = new Set<OpenDoor>();

  constructor(owner: DoorOwner, options: VatOptions) {
    this.#owner = owner;
    this.#options = options;
  }

  get listening(): boolean {
    return this.#open.size > 0;
  }

  /** Opens one, as `Vat.listen` says. */
  async open(address: string, given: ListenOptions = {}): Promise<Listener> {
    const { advertise } = given;
    const options = advertise === undefined ? given : { ...given, advertise: parseHost(advertise) };
    const tls = parseTlsListenAddress(address);
    if (tls !== undefined) return await this.#listenTls(tls, options);
    const { limits } = this.#owner;
    const accepted = (road: Road<AnonymousPeer>) => {
      this.#owner.welcomeAnonymous(road, options.bootstrap);
    };
    const path = parseInsecureUnixAddress(address);
    if (path !== undefined) {
      const door = await listenInsecureUnix(path, { limits: limits.net }, accepted);
      return await this.#opened([address], () => door.close(), options.signal);
    }
    const insecure = parseInsecureAddress(address, 0);
    if (insecure === undefined) return await this.#listen(parseListenAddress(address), options);
    const road = await listenInsecure({ address: insecure, limits: limits.net }, accepted);
    const { host, port } = road.address;
    return await this.#opened(
      [`insecure://${printHostPort(host, port)}`],
      () => road.close(),
      options.signal,
    );
  }

  /** Closes them all; who has come in stays. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((door) => door.close()));
  }

  async #listen(address: ListenAddress, options: ListenOptions): Promise<Listener> {
    const { network } = this.#owner;
    const road = await listen({
      ...this.#doorTo(address, options),
      keyPair: Identity.keyPairOf(this.#options.identity),
      network,
      suites: options.suites ?? ["aead64k"],
      confirm: (peer, { startedAtMs }) => this.#owner.confirm(peer.id, startedAtMs),
    });
    const addresses = road.peerAddresses(options.advertise).map(printPeerAddress);
    return await this.#opened(addresses, () => road.close(), options.signal);
  }

  async #listenTls(address: ListenAddress, options: ListenOptions): Promise<Listener> {
    const certificate = requireCertificate(this.#options.certificate);
    const id = idOfCertificate(certificate);
    const road = await listenTls({ ...this.#doorTo(address, options), certificate });
    const { host, port } = road.address;
    const shown = printTlsAddress({ id, host: options.advertise ?? host, port });
    return await this.#opened([shown], () => road.close(), options.signal);
  }

  /** What every door has in common whose visitors prove who they are. */
  #doorTo(address: ListenAddress, { exempt }: ListenOptions): DoorOptions {
    const { admit } = this.#options;
    const { limits, log } = this.#owner;
    if (admit === undefined) {
      const message = 'say who may connect: admit: (peer) => …, or admit: "anyone"';
      throw new VatError("ADMIT_MISSING", message);
    }
    return {
      address,
      admit: admit === "anyone" ? () => true : admit,
      limits: limits.net,
      exempt,
      accepted: (road) => {
        this.#owner.welcome(road);
      },
      refused: (refusal) => {
        const { address: from, peer } = refusal;
        const fields = {
          from,
          peer: peer?.id,
          get err() {
            return refusal.error; // costs its stack: made for a logger that looks
          },
        };
        log.debug(fields, "refused a connection");
      },
    };
  }

  async #opened(
    addresses: readonly string[],
    close: () => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<Listener> {
    try {
      this.#owner.requireOpen();
      if (signal?.aborted === true) throw new VatError("CLOSED", "listening was given up");
    } catch (error) {
      await close(); // which came while the door was being opened
      throw error;
    }
    const door = new OpenDoor(addresses, () => {
      deafen();
      this.#open.delete(door);
      return close();
    });
    const deafen = whenAborted(signal, () => void door.close());
    this.#open.add(door);
    return door;
  }
}

/** The vat's certificate. Throws `VatError` `CERTIFICATE_MISSING`. */
export function requireCertificate(certificate: Certificate | undefined): Certificate {
  if (certificate !== undefined) return certificate;
  throw new VatError("CERTIFICATE_MISSING", "roads of TLS need the vat's option `certificate`");
}
