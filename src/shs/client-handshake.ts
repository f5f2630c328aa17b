import { concatBytes, equalBytes } from "../base/index.ts";
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
  M4_BYTES,
  openChallenge,
  serverStatement,
  sharedSecret,
} from "./key-schedule.ts";
import { networkKey } from "./network.ts";
import { type Ephemeral, multiplyBy, openOnce, sealOnce, verify, wipe } from "./primitives.ts";
import { type Sealer, type Suite } from "./record.ts";
import {
  agree,
  type Agreement,
  channelBinding,
  createOpener,
  createSealer,
  type Session,
} from "./session.ts";
import { vouchFor } from "./verified-peer.ts";

export interface ClientHandshakeOptions {
  readonly keyPair: KeyPair;
  /** `Bp`: the key that must be at the other end; 32 bytes. */
  readonly serverKey: Uint8Array;
  /** The network identifier, 32 bytes. */
  readonly network: Uint8Array;
  readonly suite: Suite;
  /** Used for this handshake alone and wiped by it. */
  readonly ephemeral: Ephemeral;
}

export type ClientStep =
  /** M3 is to be sent. What the sealer seals may follow it at once: that is early data. */
  | { readonly is: "send"; readonly bytes: Uint8Array; readonly sealer: Sealer }
  | { readonly is: "established"; readonly session: Session };

type State =
  | { readonly is: "awaiting M2" }
  | {
      readonly is: "awaiting M4";
      readonly agreement: Agreement;
      readonly sealer: Sealer;
      readonly keyM4: Uint8Array;
      /** What the server must have signed. */
      readonly statement: Uint8Array;
    }
  | { readonly is: "over" };

/**
 * The client's side of SHS1, without I/O: it says how many bytes it `wants`, is given exactly
 * those, and answers with the next step.
 *
 *     awaiting M2 ── M2 ──▶ awaiting M4 ── M4 ──▶ over
 *
 * Invariant: the first refusal ends it, and the ephemeral secret is wiped on the way to `over`.
 */
export class ClientHandshake {
  /** What to send first. */
  readonly m1: Uint8Array;
  readonly #options: ClientHandshakeOptions;
  readonly #K: Uint8Array;
  /** `X(Bp)` */
  readonly #serverCurveKey: Uint8Array;
  #state: State = { is: "awaiting M2" };

  /** Throws `ShsError` `KEY_INVALID`, and wipes `ephemeral`, when nobody can hold `serverKey`'s secret. */
  constructor(options: ClientHandshakeOptions) {
    const serverCurveKey = curveKeyOf(options.serverKey);
    if (serverCurveKey === undefined) {
      wipe(options.ephemeral.secret);
      throw new ShsError("KEY_INVALID", "the server's key is not a valid Ed25519 public key");
    }
    this.#options = options;
    this.#serverCurveKey = serverCurveKey;
    this.#K = networkKey(options.network, options.suite);
    this.m1 = challenge(this.#K, options.ephemeral.publicKey);
  }

  /** Bytes of the message that is awaited; 0 when none is. */
  get wants(): number {
    const state = this.#state;
    switch (state.is) {
      case "awaiting M2":
        return CHALLENGE_BYTES;
      case "awaiting M4":
        return M4_BYTES;
      case "over":
        return 0;
      default:
        return state satisfies never;
    }
  }

  /** Takes exactly the bytes wanted. Throws `ShsError`, and then nothing more may be sent. */
  receive(message: Uint8Array): ClientStep {
    const state = this.#state;
    try {
      switch (state.is) {
        case "awaiting M2":
          return this.#receiveM2(message);
        case "awaiting M4":
          return this.#receiveM4(message, state);
        case "over":
          throw new ShsError("OUT_OF_TURN", "the handshake is over");
        default:
          return state satisfies never;
      }
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** Ends it where it stands and wipes its secrets. */
  abandon(): void {
    this.#state = { is: "over" };
    wipe(this.#options.ephemeral.secret);
  }

  #receiveM2(m2: Uint8Array): ClientStep {
    const { keyPair, serverKey: Bp, ephemeral, suite } = this.#options;
    const K = this.#K;
    const bp = openChallenge(K, m2);
    if (bp === undefined) {
      throw new ShsError("WRONG_NETWORK", "the server's first message is of another network");
    }
    if (isLowOrder(bp)) throw weakEphemeral();
    if (equalBytes(bp, ephemeral.publicKey)) {
      throw new ShsError("REFLECTED", "our own first message came back");
    }
    const timesA = multiplyBy(ephemeral.secret);
    const ab = timesA(bp);
    const aB = timesA(this.#serverCurveKey);
    const Ab = keyPair.x25519(bp);
    if (ab === undefined || aB === undefined || Ab === undefined) throw weakEphemeral();
    wipe(ephemeral.secret);

    const Ap = keyPair.publicKey;
    const sigA = keyPair.sign(clientStatement(K, Bp, ab));
    const m3 = sealOnce(concatBytes(sigA, Ap), keyOfM3(K, ab, aB));
    const keyM4 = keyOfM4(K, ab, aB, Ab);
    const agreement = agree({
      suite,
      K,
      Z: sharedSecret(keyM4),
      Ap,
      Bp,
      ap: ephemeral.publicKey,
      bp,
      messages: [this.m1, Uint8Array.from(m2), m3],
    });
    const sealer = createSealer(agreement, "c2s");
    const statement = serverStatement(K, sigA, Ap, ab);
    wipe(ab, aB, Ab);
    this.#state = { is: "awaiting M4", agreement, sealer, keyM4, statement };
    return { is: "send", bytes: m3, sealer };
  }

  #receiveM4(m4: Uint8Array, state: State & { is: "awaiting M4" }): ClientStep {
    const { agreement, sealer, keyM4, statement } = state;
    const sigB = openOnce(m4, keyM4);
    if (sigB === undefined) {
      throw new ShsError("M4_UNREADABLE", "the server's answer was not made for this handshake");
    }
    if (!verify(sigB, statement, agreement.Bp)) {
      throw new ShsError("M4_FORGED", "the server's signature does not hold");
    }
    this.abandon();
    const session: Session = {
      peer: vouchFor(agreement.Bp),
      suite: agreement.suite,
      sealer,
      opener: createOpener(agreement, "s2c"),
      channelBinding: channelBinding(agreement, m4),
    };
    return { is: "established", session };
  }
}

function weakEphemeral(): ShsError {
  return new ShsError("WEAK_EPHEMERAL", "the server's ephemeral key is of low order");
}
