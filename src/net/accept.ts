import { type Duplex } from "node:stream";
import { type Clock, type Peer } from "../base/index.ts";
import {
  type Ephemeral,
  type KeyPair,
  type Offer,
  ServerHandshake,
  type ServerStep,
  ShsError,
  type VerifiedPeer,
} from "../shs/index.ts";
import { NetError } from "./error.ts";
import { type NetLimits } from "./limits.ts";
import { MessageReader } from "./message-reader.ts";
import { RoadPeer } from "./road-peer.ts";
import { SecureSocket } from "./secure-socket.ts";

/** Whether a client that has proven its key may in; only `true` admits. */
export type AdmitPeer = (peer: Peer, attempt: Attempt) => boolean | PromiseLike<boolean>;

/** One handshake as the server saw it. */
export interface Attempt {
  /** When the first bytes came, on the listener's clock. */
  readonly startedAtMs: number;
}

/** A handshake that came to nothing. The peer is known when it got as far as M3. */
export interface Refusal {
  readonly address: string;
  readonly peer: Peer | undefined;
  readonly error: unknown;
}

export interface AcceptOptions {
  readonly keyPair: KeyPair;
  readonly offers: readonly Offer[];
  readonly admit: AdmitPeer;
  /** Asked in the turn in which M4 would leave, after `admit`; `false` refuses. */
  readonly confirm?: ((peer: Peer, attempt: Attempt) => boolean) | undefined;
  readonly selfConnect: "allow" | "refuse";
  readonly limits: NetLimits;
  readonly clock: Clock;
  readonly ephemeral: () => Ephemeral;
}

export interface AcceptEvents {
  /** M1 passed: the client is of our network. */
  spoke(): void;
  accepted(socket: SecureSocket): void;
  /** Told once the wire is destroyed. */
  refused(refusal: Refusal): void;
}

/**
 * The server's side of the handshake on one wire.
 *
 * Until M3 a refusal hangs up at once. From M3 on, the wrong key, a `false`, a throw and silence of
 * `admit` all hang up at the same moment, min(M3 + `admitMs`, deadline), and say nothing: the peer
 * cannot tell them apart.
 */
export function acceptWire(
  wire: Duplex,
  address: string,
  options: AcceptOptions,
  events: AcceptEvents,
): void {
  new Acceptance(wire, address, options, events);
}

class Acceptance {
  readonly #wire: Duplex;
  readonly #address: string;
  readonly #options: AcceptOptions;
  readonly #events: AcceptEvents;
  readonly #machine: ServerHandshake;
  readonly #reader: MessageReader<ServerStep>;
  readonly #attempt: Attempt;
  /** When the deadline for all of it passes. */
  readonly #deadlineAtMs: number;
  /** Hangs up; set anew at M3. */
  #cancelTimer: () => void;
  /** What the refusal will be if the timer fires; made only then, for an error costs its stack. */
  #verdict: () => unknown = tooLate;
  #peer: RoadPeer | undefined;
  #sentM2 = false;
  #over = false;

  constructor(wire: Duplex, address: string, options: AcceptOptions, events: AcceptEvents) {
    const { clock, limits } = options;
    this.#wire = wire;
    this.#address = address;
    this.#options = options;
    this.#events = events;
    this.#attempt = { startedAtMs: clock.now() };
    this.#deadlineAtMs = clock.now() + limits.handshakeMs;
    this.#cancelTimer = clock.after(limits.handshakeMs, this.#hangUp);
    this.#machine = new ServerHandshake(options);
    this.#reader = new MessageReader(wire, this.#machine, {
      step: (step) => {
        this.#perform(step);
      },
      failed: (error) => {
        this.#failed(error);
      },
    });
  }

  #perform(step: ServerStep): void {
    switch (step.is) {
      case "send":
        this.#sentM2 = true;
        this.#events.spoke();
        this.#wire.write(step.bytes);
        return;
      case "verified":
        this.#judge(step.peer);
        return;
      default:
        step satisfies never;
    }
  }

  #failed(error: unknown): void {
    this.#verdict = () => error;
    if (this.#sentM2 && error instanceof ShsError) {
      this.#hangUpLater();
      this.#wire.once("close", this.#hangUp); // it left first: nothing to wait for
    } else {
      this.#hangUp();
    }
  }

  #judge(verified: VerifiedPeer): void {
    const { keyPair, selfConnect, admit } = this.#options;
    const peer = new RoadPeer(verified.id, this.#address, "shs");
    this.#peer = peer;
    this.#hangUpLater();
    if (selfConnect === "refuse" && peer.id === keyPair.id) {
      this.#verdict = () => new NetError("SELF_CONNECT", "the client has our own key");
      return;
    }
    this.#verdict = () =>
      new NetError("NOT_ADMITTED", "admit gave no answer in time", { blame: "caller" });
    const answered = (answer: unknown) => {
      if (this.#over) return;
      if (answer === true) this.#welcome(verified, peer);
      else this.#verdict = () => new NetError("NOT_ADMITTED", "admit said no");
    };
    const threw = (cause: unknown) => {
      const why = { blame: "caller", cause } as const;
      this.#verdict = () => new NetError("NOT_ADMITTED", "admit threw", why);
    };
    try {
      const answer = admit(peer, this.#attempt);
      if (typeof answer === "boolean") answered(answer);
      else Promise.resolve(answer).then(answered, threw);
    } catch (cause) {
      threw(cause);
    }
  }

  #welcome(verified: VerifiedPeer, peer: RoadPeer): void {
    const { confirm, limits, clock } = this.#options;
    if (confirm?.(peer, this.#attempt) === false) {
      this.#verdict = () => new NetError("NOT_ADMITTED", "another road to this peer is preferred");
      return;
    }
    this.#over = true;
    this.#cancelTimer();
    const { bytes, session } = this.#machine.accept(verified);
    this.#wire.write(bytes);
    const early = this.#reader.release();
    const handshakeMs = clock.now() - this.#attempt.startedAtMs;
    const origin = { direction: "accepted", handshakeMs } as const;
    const wire = this.#wire;
    const socket = new SecureSocket({ wire, origin, peer, session, early, limits, clock });
    this.#events.accepted(socket);
  }

  /** From now on every refusal hangs up at one moment. */
  #hangUpLater(): void {
    const { clock, limits } = this.#options;
    this.#cancelTimer();
    const leftMs = Math.max(0, this.#deadlineAtMs - clock.now());
    this.#cancelTimer = clock.after(Math.min(limits.admitMs, leftMs), this.#hangUp);
  }

  readonly #hangUp = (): void => {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer();
    this.#machine.abandon();
    this.#reader.stop();
    this.#wire.destroy();
    const error = this.#verdict();
    this.#peer?.abort(error);
    this.#events.refused({ address: this.#address, peer: this.#peer, error });
  };
}

function tooLate(): NetError {
  return new NetError("HANDSHAKE_TIMEOUT", "the handshake took too long");
}
