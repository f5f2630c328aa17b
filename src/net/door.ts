import { createServer, type Server, type Socket } from "node:net";
import { type Clock, type Peer } from "../base/index.ts";
import { type ListenAddress } from "./address.ts";
import { bind, makeWay, unbind } from "./bind.ts";
import { realClock } from "./clock.ts";
import { FAILED, type RoadFailed } from "./diagnostics.ts";
import { type Endpoints, endpointsOf } from "./endpoints.ts";
import { NetError } from "./error.ts";
import { Gate, type Place } from "./gate.ts";
import { type NetLimits, withDefaults } from "./limits.ts";
import { hungUp } from "./message-reader.ts";
import { type Random, realRandom } from "./random.ts";
import { remoteAddressOf } from "./road-peer.ts";
import { type SecureSocket } from "./secure-socket.ts";
import {
  type AdmitPeer,
  type Attempt,
  Refusal,
  type VisitEvents,
  type VisitTerms,
} from "./visit.ts";

/** What every listener is told, however its clients prove who they are. */
export interface DoorOptions {
  readonly address: ListenAddress;
  /** Asked for every client that has proven who it is. */
  readonly admit: AdmitPeer;
  /** Asked in the turn in which the peer would be let in, after `admit`; `false` refuses. */
  readonly confirm?: ((peer: Peer, attempt: Attempt) => boolean) | undefined;
  /** The road is there, and waits for its `start`; its endpoints can be asked for while it is open. */
  readonly accepted: (road: SecureSocket, endpoints: () => Endpoints) => void;
  /** A handshake came to nothing. For logs: the client was told no reason. */
  readonly refused?: ((refusal: Refusal) => void) | undefined;
  /** The system could not accept a connection, such as for want of file descriptors. */
  readonly failed?: ((error: Error) => void) | undefined;
  readonly limits?: Partial<NetLimits> | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** Addresses that no limit counts; default this machine's 127.0.0.1 and ::1. */
  readonly exempt?: ((host: string) => boolean) | undefined;
}

/** A client that has begun to speak. */
export interface Client {
  /** Paused; what it said is still to be read from it. */
  readonly socket: Socket;
  readonly address: string;
}

/** How clients prove who they are. */
export interface Manners {
  /** Why nobody of ours begins so; asked before anything is spent on a client but its socket. */
  foreign(firstBytes: Uint8Array): (() => unknown) | undefined;
  /** Shakes hands. */
  greet(client: Client, terms: VisitTerms, events: VisitEvents): void;
}

/**
 * What stands open to strangers: accepts connections, lets them in by the gate, and has them wait,
 * with nothing spent on them but their socket, until they say something.
 *
 *     accepted ── gate ──▶ silent ── first bytes ──▶ shaking ──▶ a road
 *         └─ turned away     └──────── refused ────────┘
 */
export class Door {
  readonly terms: VisitTerms;
  readonly #options: DoorOptions;
  readonly #manners: Manners;
  readonly #server: Server;
  readonly #gate: Gate;
  #address: ListenAddress;
  /** Sockets without a road yet. */
  readonly #visiting = new Set<Socket>();

  constructor(options: DoorOptions, manners: Manners) {
    this.#options = options;
    this.#manners = manners;
    this.#address = options.address;
    const { admit, confirm, clock = realClock, random = realRandom, exempt } = options;
    const limits = withDefaults(options.limits);
    this.#gate = new Gate(limits, clock, random, exempt);
    this.terms = {
      admit,
      objection: (peer, attempt) => {
        if (!this.#gate.hasRoomFor(peer.id)) return tooManyRoads;
        return confirm?.(peer, attempt) === false ? anotherPreferred : undefined;
      },
      limits,
      clock,
    };
    // Paused: who is turned away is not worth a place in the poll.
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      this.#meet(socket);
    });
  }

  async open(): Promise<void> {
    const { address, failed } = this.#options;
    await makeWay(address);
    this.#address = await bind(this.#server, address, failed);
  }

  /** What we really listen on; the port is never 0. */
  get address(): ListenAddress {
    return this.#address;
  }

  get counts() {
    return this.#gate.counts;
  }

  /** Accepts nobody more and hangs up on those without a road; the roads that are open stay. */
  close(): Promise<void> {
    for (const socket of this.#visiting) socket.destroy();
    return unbind(this.#server);
  }

  #meet(socket: Socket): void {
    const place = this.#gate.enter(socket.remoteAddress, () => socket.destroy());
    if (typeof place === "string") {
      const address = this.#from(socket);
      socket.destroy();
      const why = () => new NetError("TURNED_AWAY", place);
      this.#told(new Refusal(address, undefined, why));
    } else {
      this.#visiting.add(socket);
      this.#awaitFirstBytes(socket, place);
    }
  }

  #awaitFirstBytes(socket: Socket, place: Place): void {
    const { clock, limits } = this.terms;
    const leave = () => {
      cancelTimer();
      socket.off("data", heard);
      for (const event of GONE) socket.off(event, gone);
    };
    const refuse = (why: () => unknown) => {
      leave();
      socket.on("error", () => {}); // whatever else befalls it is of no interest
      socket.destroy();
      this.#refused(socket, place, new Refusal(this.#from(socket), undefined, why), true);
    };
    const gone = () => {
      refuse(hungUp);
    };
    const heard = (firstBytes: Uint8Array) => {
      if (socket.destroyed) return; // pushed out; its `close` is still to come
      const foreign = this.#manners.foreign(firstBytes);
      if (foreign !== undefined) {
        refuse(foreign);
        return;
      }
      leave();
      socket.pause();
      socket.unshift(firstBytes);
      const client = { socket, address: this.#from(socket) };
      this.#manners.greet(client, this.terms, this.#eventsOf(socket, place));
    };
    const cancelTimer = clock.after(limits.silentMs, () => {
      refuse(() => new NetError("HANDSHAKE_TIMEOUT", "the client said nothing"));
    });
    socket.on("data", heard);
    for (const event of GONE) socket.on(event, gone);
    socket.resume();
  }

  #eventsOf(socket: Socket, place: Place): VisitEvents {
    return {
      spoke: () => {
        socket.setNoDelay(true);
        return place.spoke();
      },
      accepted: (road) => {
        this.#visiting.delete(socket);
        // TCP's own keepalive beside ours: it finds dead peers where the suite has no ping.
        socket.setKeepAlive(true, this.terms.limits.keepaliveMs);
        place.opened(road.peer.id);
        socket.once("close", () => {
          place.closed();
        });
        this.#options.accepted(road, () => endpointsOf(socket, this.#address));
      },
      refused: (refusal, bad) => {
        this.#refused(socket, place, refusal, bad);
      },
    };
  }

  #refused(socket: Socket, place: Place, refusal: Refusal, bad: boolean): void {
    this.#visiting.delete(socket);
    place.failed(bad);
    this.#told(refusal);
  }

  #told(refusal: Refusal): void {
    if (FAILED.hasSubscribers) {
      const { address, peer, error } = refusal;
      FAILED.publish({ direction: "accepted", address, peer, error } satisfies RoadFailed);
    }
    this.#options.refused?.(refusal);
  }

  #from(socket: Socket): string {
    return this.#address.path ?? remoteAddressOf(socket);
  }
}

const tooManyRoads = () => new NetError("TURNED_AWAY", "its key has too many connections");

const anotherPreferred = () =>
  new NetError("NOT_ADMITTED", "another road to this peer is preferred");

/** How a client leaves that has said nothing. */
const GONE = ["end", "close", "error"] as const;
