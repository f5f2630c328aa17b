import { curveKeyOf } from "./curve-keys.ts";
import { ShsError } from "./error.ts";
import { type KeyPair } from "./identity.ts";
import {
  challenge,
  CHALLENGE_BYTES,
  clientStatement,
  isLowOrder,
  keyOfM3,
  keyOfM4,
  M3_BYTES,
  openChallenge,
  serverStatement,
  sharedSecret,
  SIGNATURE_BYTES,
} from "./key-schedule.ts";
import { networkKey } from "./network.ts";
import { type Ephemeral, multiplyBy, openOnce, sealOnce, verify, wipe } from "./primitives.ts";
import { type Suite } from "./record.ts";
import {
  agree,
  type Agreement,
  channelBinding,
  createOpener,
  createSealer,
  type Session,
} from "./session.ts";
import { type VerifiedPeer, vouchFor } from "./verified-peer.ts";

/** A suite that a server speaks, and the `K` it is known by. */
export interface Offer {
  readonly suite: Suite;
  readonly K: Uint8Array;
}

/**
 * What a server can be dialled with; it learns which at M1. Throws `ShsError` `NETWORK_INVALID`
 * for box-stream beside compact: both run under the identifier itself, so M1 cannot tell them
 * apart.
 */
export function offersOf(network: Uint8Array, suites: readonly Suite[]): readonly Offer[] {
  if (suites.includes("box-stream") && suites.includes("compact")) {
    throw new ShsError("NETWORK_INVALID", "box-stream and compact cannot share one network");
  }
  return suites.map((suite) => ({ suite, K: networkKey(network, suite) }));
}

/**
 * Whether whoever begins with these bytes means another network than any of these, or none at all.
 * It costs a MAC for each and nothing else; `false` while there are too few to tell.
 */
export function isForeign(firstBytes: Uint8Array, offers: readonly Offer[]): boolean {
  if (firstBytes.length < CHALLENGE_BYTES) return false;
  return offers.every(({ K }) => openChallenge(K, firstBytes) === undefined);
}

/** What a foreigner is refused with. */
export function wrongNetwork(): ShsError {
  return new ShsError("WRONG_NETWORK", "the client's first message is of another network");
}

export interface ServerHandshakeOptions {
  readonly keyPair: KeyPair;
  readonly offers: readonly Offer[];
  /** Makes the pair used for this handshake alone; asked once M1 has passed. */
  readonly ephemeral: () => Ephemeral;
}

export type ServerStep =
  /** M2 is to be sent. */
  | { readonly is: "send"; readonly bytes: Uint8Array }
  /** The client has proven its key; whether it may in is asked now, before ours is proven. */
  | { readonly is: "verified"; readonly peer: VerifiedPeer };

interface AfterM1 {
  readonly is: "awaiting M3";
  readonly offer: Offer;
  readonly ephemeral: Ephemeral;
  readonly ap: Uint8Array;
  readonly m1: Uint8Array;
  readonly m2: Uint8Array;
}

interface AfterM3 {
  readonly is: "awaiting a verdict";
  readonly peer: VerifiedPeer;
  readonly agreement: Agreement;
  readonly keyM4: Uint8Array;
  /** What we sign if the verdict is yes. */
  readonly statement: Uint8Array;
}

type State = { readonly is: "awaiting M1" } | AfterM1 | AfterM3 | { readonly is: "over" };

/**
 * The server's side of SHS1, without I/O: it says how many bytes it `wants`, is given exactly
 * those, and answers with the next step.
 *
 *     awaiting M1 ── M1 ──▶ awaiting M3 ── M3 ──▶ awaiting a verdict ── accept ──▶ over
 *
 * Invariant: the first refusal ends it, and the ephemeral secret is wiped on the way out of
 * `awaiting M3`. Nothing costlier than a MAC happens before the client has shown that it knows `K`.
 */
export class ServerHandshake {
  readonly #options: ServerHandshakeOptions;
  #state: State = { is: "awaiting M1" };

  constructor(options: ServerHandshakeOptions) {
    this.#options = options;
  }

  /** Bytes of the message that is awaited; 0 when none is. */
  get wants(): number {
    const state = this.#state;
    switch (state.is) {
      case "awaiting M1":
        return CHALLENGE_BYTES;
      case "awaiting M3":
        return M3_BYTES;
      case "awaiting a verdict":
      case "over":
        return 0;
      default:
        return state satisfies never;
    }
  }

  /** Takes exactly the bytes wanted. Throws `ShsError`, and then nothing more may be sent. */
  receive(message: Uint8Array): ServerStep {
    const state = this.#state;
    try {
      switch (state.is) {
        case "awaiting M1":
          return this.#receiveM1(message);
        case "awaiting M3":
          return this.#receiveM3(message, state);
        case "awaiting a verdict":
        case "over":
          throw new ShsError("OUT_OF_TURN", "no message is awaited");
        default:
          return state satisfies never;
      }
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** The verdict was yes: M4 to be sent, and the session that begins with it. */
  accept(peer: VerifiedPeer): { readonly bytes: Uint8Array; readonly session: Session } {
    const state = this.#state;
    if (state.is !== "awaiting a verdict" || state.peer !== peer) {
      throw new ShsError("OUT_OF_TURN", "this peer is not the one that awaits a verdict");
    }
    this.abandon();
    const { agreement, keyM4, statement } = state;
    const m4 = sealOnce(this.#options.keyPair.sign(statement), keyM4);
    const session: Session = {
      peer,
      suite: agreement.suite,
      sealer: createSealer(agreement, "s2c"),
      opener: createOpener(agreement, "c2s"),
      channelBinding: channelBinding(agreement, m4),
    };
    return { bytes: m4, session };
  }

  /** Ends it where it stands and wipes its secrets. */
  abandon(): void {
    if (this.#state.is === "awaiting M3") wipe(this.#state.ephemeral.secret);
    this.#state = { is: "over" };
  }

  #receiveM1(m1: Uint8Array): ServerStep {
    for (const offer of this.#options.offers) {
      const ap = openChallenge(offer.K, m1);
      if (ap === undefined) continue;
      if (isLowOrder(ap)) throw weakEphemeral();
      const ephemeral = this.#options.ephemeral();
      const m2 = challenge(offer.K, ephemeral.publicKey);
      this.#state = { is: "awaiting M3", offer, ephemeral, ap, m1: Uint8Array.from(m1), m2 };
      return { is: "send", bytes: m2 };
    }
    throw wrongNetwork();
  }

  #receiveM3(m3: Uint8Array, { offer, ephemeral, ap, m1, m2 }: AfterM1): ServerStep {
    const { keyPair } = this.#options;
    const { suite, K } = offer;
    const Bp = keyPair.publicKey;
    const timesB = multiplyBy(ephemeral.secret);
    const ab = timesB(ap);
    const aB = keyPair.x25519(ap);
    if (ab === undefined || aB === undefined) throw weakEphemeral();
    const opened = openOnce(m3, keyOfM3(K, ab, aB));
    if (opened === undefined) {
      throw new ShsError("M3_UNREADABLE", "the client meant another server key");
    }
    const sigA = opened.subarray(0, SIGNATURE_BYTES);
    const Ap = opened.slice(SIGNATURE_BYTES);
    const clientCurveKey = curveKeyOf(Ap);
    if (clientCurveKey === undefined) throw weakIdentity();
    if (!verify(sigA, clientStatement(K, Bp, ab), Ap)) {
      throw new ShsError("M3_FORGED", "the client's signature does not hold");
    }
    const Ab = timesB(clientCurveKey);
    if (Ab === undefined) throw weakIdentity();

    const keyM4 = keyOfM4(K, ab, aB, Ab);
    const agreement = agree({
      suite,
      K,
      Z: sharedSecret(keyM4),
      Ap,
      Bp,
      ap,
      bp: ephemeral.publicKey,
      messages: [m1, m2, Uint8Array.from(m3)],
    });
    const statement = serverStatement(K, sigA, Ap, ab);
    wipe(ab, aB, Ab, ephemeral.secret);
    const peer = vouchFor(Ap); // every check has passed: the one place where a client is vouched for
    this.#state = { is: "awaiting a verdict", peer, agreement, keyM4, statement };
    return { is: "verified", peer };
  }
}

function weakEphemeral(): ShsError {
  return new ShsError("WEAK_EPHEMERAL", "the client's ephemeral key is of low order");
}

function weakIdentity(): ShsError {
  return new ShsError("WEAK_IDENTITY", "the client's long-term key is weak or not canonical");
}
