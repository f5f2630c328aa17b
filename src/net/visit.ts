import { type Duplex } from "node:stream";
import { type Clock, type Peer } from "../base/index.ts";
import { NetError } from "./error.ts";
import { type NetLimits } from "./limits.ts";
import { type RoadPeer } from "./road-peer.ts";
import { type SecureSocket } from "./secure-socket.ts";

/** Whether a client that has proven its key may in; only `true` admits. */
export type AdmitPeer = (peer: Peer, attempt: Attempt) => boolean | PromiseLike<boolean>;

/** One handshake as the server saw it. */
export interface Attempt {
  /** When the first bytes came, on the listener's clock. */
  readonly startedAtMs: number;
}

/** A handshake that came to nothing. */
export class Refusal {
  readonly address: string;
  /** Known when it got as far as proving its key. */
  readonly peer: Peer | undefined;
  readonly #why: () => unknown;

  constructor(address: string, peer: Peer | undefined, why: () => unknown) {
    this.address = address;
    this.peer = peer;
    this.#why = why;
  }

  /** Made when asked for: an error costs its stack, and a flood is refused by the thousand. */
  get error(): unknown {
    return this.#why();
  }
}

/** Who may in, and how long it may take to find out. */
export interface VisitTerms {
  readonly admit: AdmitPeer;
  /** Why the peer is not let in after all; asked in the turn in which it would be, after `admit`. */
  readonly objection?: ((peer: Peer, attempt: Attempt) => (() => NetError) | undefined) | undefined;
  readonly limits: NetLimits;
  readonly clock: Clock;
}

export interface VisitEvents {
  /**
   * The client has shown that it is one of ours, before it costs us anything; `false` when it was
   * pushed out by others.
   */
  spoke(): boolean;
  accepted(road: SecureSocket): void;
  /** Told once the wire is destroyed. `bad`: that was the client's doing. */
  refused(refusal: Refusal, bad: boolean): void;
}

/** What a visit needs of the handshake that it is about. */
export interface Handshake {
  /** The verdict was yes: the road. */
  welcome(peer: RoadPeer): SecureSocket;
  /** It is over: no more is read, and secrets are wiped. */
  leave(): void;
}

/**
 * One client's visit at the door, from its first bytes to the verdict, however it proves who it is.
 *
 *     shaking ── judge ──▶ judged ── yes ──▶ over
 *        └──────── fail ──────┴── no ──────▶ over
 *
 * Before it is judged a refusal may hang up at once. From then on a `false`, a throw and silence of
 * `admit` all hang up at the same moment, min(then + `admitMs`, deadline), and say nothing: the peer
 * cannot tell them apart.
 */
export class Visit {
  readonly address: string;
  readonly #wire: Duplex;
  readonly #terms: VisitTerms;
  readonly #events: VisitEvents;
  readonly #handshake: Handshake;
  readonly #attempt: Attempt;
  /** When the deadline for all of it passes. */
  readonly #deadlineAtMs: number;
  /** Hangs up; set anew when the client is judged. */
  #cancelTimer: () => void;
  #why: () => unknown = tooLate;
  #bad = true;
  #peer: RoadPeer | undefined;
  #hangsUpLater = false;
  #over = false;

  constructor(
    wire: Duplex,
    address: string,
    terms: VisitTerms,
    events: VisitEvents,
    handshake: Handshake,
  ) {
    const { clock, limits } = terms;
    this.#wire = wire;
    this.address = address;
    this.#terms = terms;
    this.#events = events;
    this.#handshake = handshake;
    this.#attempt = { startedAtMs: clock.now() };
    this.#deadlineAtMs = clock.now() + limits.handshakeMs;
    this.#cancelTimer = clock.after(limits.handshakeMs, this.#hangUp);
  }

  /** When the first bytes came, on the listener's clock. */
  get startedAtMs(): number {
    return this.#attempt.startedAtMs;
  }

  /** As {@link VisitEvents.spoke}. Throws `NetError` `TURNED_AWAY`. */
  spoke(): void {
    if (this.#events.spoke()) return;
    this.#bad = false;
    throw new NetError("TURNED_AWAY", "too many handshakes");
  }

  /** The handshake failed; hangs up now or, `silently`, when every refusal does. */
  fail(why: () => unknown, silently: boolean): void {
    if (this.#over) return;
    this.#why = why;
    if (silently) {
      this.#hangUpLater();
      this.#wire.once("close", this.#hangUp); // it left first: nothing to wait for
    } else {
      this.#hangUp();
    }
  }

  /** The client has proven who it is: asks whether it may in. */
  judge(peer: RoadPeer): void {
    this.#peer = peer;
    this.#hangUpLater();
    this.refuse(() => new NetError("NOT_ADMITTED", "admit gave no answer in time", OURS));
    const answered = (answer: unknown) => {
      if (this.#over) return;
      if (answer === true) this.#welcome(peer);
      else this.refuse(() => new NetError("NOT_ADMITTED", "admit said no"));
    };
    const threw = (cause: unknown) => {
      this.refuse(
        () => new NetError("NOT_ADMITTED", "admit threw, or the road was gone", { ...OURS, cause }),
      );
    };
    try {
      const answer = this.#terms.admit(peer, this.#attempt);
      if (typeof answer === "boolean") answered(answer);
      else Promise.resolve(answer).then(answered).catch(threw);
    } catch (cause) {
      threw(cause);
    }
  }

  /** It will be refused, for no fault of its own, at the moment at which every refusal is. */
  refuse(why: () => unknown, peer = this.#peer): void {
    if (this.#over) return;
    this.#peer = peer;
    this.#why = why;
    this.#bad = false;
    this.#hangUpLater();
  }

  /** Throws when there is no road to be had, as when the wire broke meanwhile. */
  #welcome(peer: RoadPeer): void {
    const objection = this.#terms.objection?.(peer, this.#attempt);
    if (objection !== undefined) {
      this.refuse(objection);
      return;
    }
    const road = this.#handshake.welcome(peer);
    this.#over = true;
    this.#cancelTimer();
    try {
      this.#events.accepted(road);
    } catch (error) {
      road.destroy(asError(error)); // nobody has it: its wire and its place would be lost
    }
  }

  /** From now on every refusal hangs up at one moment, which is fixed the first time. */
  #hangUpLater(): void {
    if (this.#hangsUpLater) return;
    this.#hangsUpLater = true;
    const { clock, limits } = this.#terms;
    this.#cancelTimer();
    const leftMs = Math.max(0, this.#deadlineAtMs - clock.now());
    this.#cancelTimer = clock.after(Math.min(limits.admitMs, leftMs), this.#hangUp);
  }

  readonly #hangUp = (): void => {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer();
    this.#handshake.leave();
    this.#wire.destroy();
    const refusal = new Refusal(this.address, this.#peer, this.#why);
    this.#peer?.abort(refusal.error);
    this.#events.refused(refusal, this.#bad);
  };
}

const OURS = { blame: "caller" } as const;

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function tooLate(): NetError {
  return new NetError("HANDSHAKE_TIMEOUT", "the handshake took too long");
}
