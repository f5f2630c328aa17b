import { createServer, type Server, type Socket } from "node:net";
import { type Clock, type Peer } from "../base/index.ts";
import {
  type Ephemeral,
  generateEphemeral,
  type KeyPair,
  type Offer,
  offersOf,
  ShsError,
  type Suite,
} from "../shs/index.ts";
import {
  type AcceptOptions,
  acceptWire,
  type AdmitPeer,
  type Attempt,
  type Refusal,
} from "./accept.ts";
import { type ListenAddress, type PeerAddress, printPlace } from "./address.ts";
import { realClock } from "./clock.ts";
import { FAILED, type RoadFailed } from "./diagnostics.ts";
import { type Endpoints, endpointsOf } from "./endpoints.ts";
import { NetError, systemError } from "./error.ts";
import { Gate } from "./gate.ts";
import { type NetLimits, withDefaults } from "./limits.ts";
import { type Random, realRandom } from "./random.ts";
import { boundAddress } from "./plain.ts";
import { remoteAddressOf } from "./road-peer.ts";
import { type SecureSocket } from "./secure-socket.ts";

export interface ListenOptions {
  readonly address: ListenAddress;
  readonly keyPair: KeyPair;
  /** The network identifier, 32 bytes. */
  readonly network: Uint8Array;
  /** What we can be dialled with; box-stream and compact exclude each other. */
  readonly suites: readonly Suite[];
  /** Asked for every client that has proven its key. */
  readonly admit: AdmitPeer;
  /** Asked in the turn in which M4 would leave, after `admit`; `false` refuses. */
  readonly confirm?: ((peer: Peer, attempt: Attempt) => boolean) | undefined;
  /** Whether our own key may be at the other end; default `refuse`. */
  readonly selfConnect?: "allow" | "refuse" | undefined;
  /** The road is there, and waits for its `start`. */
  readonly accepted: (socket: SecureSocket, endpoints: Endpoints) => void;
  /** A handshake came to nothing. For logs: the client was told no reason. */
  readonly refused?: ((refusal: Refusal) => void) | undefined;
  /** The system could not accept a connection, such as for want of file descriptors. */
  readonly failed?: ((error: Error) => void) | undefined;
  readonly limits?: Partial<NetLimits> | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly ephemeral?: (() => Ephemeral) | undefined;
  /** Addresses that no limit counts; default this machine's 127.0.0.1 and ::1. */
  readonly exempt?: ((host: string) => boolean) | undefined;
}

/** An open door. */
export interface RoadListener {
  /** What we really listen on; the port is never 0. */
  readonly address: ListenAddress;
  /** What to hand to those who should dial us, one for each suite; `host` as they should see it. */
  peerAddresses(host?: string): readonly PeerAddress[];
  /** Accepts nobody more and hangs up on handshakes; the roads that are open stay. */
  close(): Promise<void>;
  /** Handshakes in flight, open roads, and addresses remembered. */
  readonly counts: { readonly shaking: number; readonly roads: number; readonly tracked: number };
}

/**
 * Listens. Rejects with `NetError` `PORT_IN_USE`, `PORT_FORBIDDEN`, `ADDRESS_UNAVAILABLE`,
 * `HOST_NOT_FOUND`; throws `ShsError` `NETWORK_INVALID` when the suites cannot be told apart.
 */
export async function listen(options: ListenOptions): Promise<RoadListener> {
  const door = new Door(options, offersOf(options.network, options.suites));
  await door.open();
  return door;
}

/** TCP's own keepalive beside ours: it finds dead peers where the suite has no ping. */
function socketOptions({ keepaliveMs }: NetLimits) {
  return {
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepaliveMs,
  };
}

class Door implements RoadListener {
  readonly #options: ListenOptions;
  readonly #offers: readonly Offer[];
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #limits: NetLimits;
  readonly #gate: Gate;
  #address: ListenAddress;
  /** Sockets that are still shaking hands. */
  readonly #shaking = new Set<Socket>();

  constructor(options: ListenOptions, offers: readonly Offer[]) {
    this.#options = options;
    this.#offers = offers;
    this.#address = options.address;
    this.#clock = options.clock ?? realClock;
    this.#limits = withDefaults(options.limits);
    const { random = realRandom, exempt } = options;
    this.#gate = new Gate(this.#limits, this.#clock, random, exempt);
    this.#server = createServer(socketOptions(this.#limits), (socket) => {
      this.#greet(socket);
    });
  }

  open(): Promise<void> {
    const { address } = this.#options;
    const { host, port, path } = address;
    const server = this.#server;
    return new Promise((resolve, reject) => {
      const failed = (error: Error) => {
        reject(systemError(error, `cannot listen on ${printPlace(address)}`));
      };
      server.once("error", failed);
      server.listen(path === undefined ? { host, port } : { path }, () => {
        server.off("error", failed);
        server.on("error", (error) => this.#options.failed?.(error)); // and go on accepting
        this.#address = boundAddress(server, address);
        resolve();
      });
    });
  }

  get address(): ListenAddress {
    return this.#address;
  }

  get counts() {
    return this.#gate.counts;
  }

  peerAddresses(host = this.address.host): readonly PeerAddress[] {
    const { id } = this.#options.keyPair;
    const { port, path } = this.address;
    return this.#offers.map(({ suite }) =>
      path === undefined ? { id, host, port, suite } : { id, host: "", port: 0, path, suite },
    );
  }

  close(): Promise<void> {
    this.#server.close(); // its own callback would wait for the roads that stay
    for (const socket of this.#shaking) socket.destroy();
    return new Promise((resolve) => setImmediate(resolve));
  }

  #greet(socket: Socket): void {
    const { keyPair, admit, selfConnect = "refuse", ephemeral = generateEphemeral } = this.#options;
    const place = this.#gate.enter(socket.remoteAddress, () => socket.destroy());
    if (typeof place === "string") {
      socket.destroy();
      // An error costs its stack: none is made for nobody.
      if (this.#options.refused === undefined && !FAILED.hasSubscribers) return;
      const error = new NetError("TURNED_AWAY", place);
      this.#refused({ address: remoteAddressOf(socket), peer: undefined, error });
      return;
    }
    const address = this.#address.path ?? remoteAddressOf(socket);
    this.#shaking.add(socket);
    const options: AcceptOptions = {
      keyPair,
      offers: this.#offers,
      admit,
      confirm: (peer, attempt) =>
        this.#gate.hasRoomFor(peer.id) && this.#options.confirm?.(peer, attempt) !== false,
      selfConnect,
      limits: this.#limits,
      clock: this.#clock,
      ephemeral,
    };
    acceptWire(socket, address, options, {
      spoke: () => {
        place.spoke();
      },
      accepted: (road) => {
        this.#shaking.delete(socket);
        place.opened(road.peer.id);
        socket.once("close", () => {
          place.closed();
        });
        this.#options.accepted(road, endpointsOf(socket, this.#address));
      },
      refused: (refusal) => {
        this.#shaking.delete(socket);
        place.failed(isBad(refusal.error));
        this.#refused(refusal);
      },
    });
  }

  #refused(refusal: Refusal): void {
    if (FAILED.hasSubscribers) {
      FAILED.publish({ direction: "accepted", ...refusal } satisfies RoadFailed);
    }
    this.#options.refused?.(refusal);
  }
}

/** Whether a refusal is held against the address: not when we only did not like the key. */
function isBad(error: unknown): boolean {
  if (error instanceof NetError) return /^HANDSHAKE_|^RESET$/.test(error.code);
  return error instanceof ShsError;
}
