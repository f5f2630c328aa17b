import { type Duplex } from "node:stream";
import {
  type Ephemeral,
  type KeyPair,
  type Offer,
  ServerHandshake,
  type ServerStep,
  type VerifiedPeer,
} from "../shs/index.ts";
import { NetError } from "./error.ts";
import { MessageReader } from "./message-reader.ts";
import { RoadPeer } from "./road-peer.ts";
import { SecureSocket } from "./secure-socket.ts";
import { type Handshake, Visit, type VisitEvents, type VisitTerms } from "./visit.ts";

export interface AcceptOptions extends VisitTerms {
  readonly keyPair: KeyPair;
  readonly offers: readonly Offer[];
  readonly selfConnect: "allow" | "refuse";
  readonly ephemeral: () => Ephemeral;
}

/**
 * The server's side of the SecretHandshake on one wire.
 *
 * Until M3 a refusal hangs up at once. From M3 on the wrong key hangs up when `admit`'s refusals do,
 * and like them says nothing.
 */
export function acceptWire(
  wire: Duplex,
  address: string,
  options: AcceptOptions,
  events: VisitEvents,
): void {
  new Acceptance(wire, address, options, events);
}

class Acceptance implements Handshake {
  readonly #wire: Duplex;
  readonly #options: AcceptOptions;
  readonly #visit: Visit;
  readonly #machine: ServerHandshake;
  readonly #reader: MessageReader<ServerStep>;
  #sentM2 = false;
  #verified: VerifiedPeer | undefined;

  constructor(wire: Duplex, address: string, options: AcceptOptions, events: VisitEvents) {
    this.#wire = wire;
    this.#options = options;
    this.#visit = new Visit(wire, address, options, events, this);
    const { keyPair, offers } = options;
    this.#machine = new ServerHandshake({
      keyPair,
      offers,
      ephemeral: () => {
        this.#visit.spoke(); // M1 has passed, and nothing dearer than its mac was spent on it
        return options.ephemeral();
      },
    });
    this.#reader = new MessageReader(wire, this.#machine, {
      step: (step) => {
        this.#perform(step);
      },
      failed: (why, refused) => {
        this.#visit.fail(why, this.#sentM2 && refused);
      },
    });
  }

  welcome(peer: RoadPeer): SecureSocket {
    const { limits, clock } = this.#options;
    if (this.#verified === undefined) throw new TypeError("nobody was verified");
    const { bytes, session } = this.#machine.accept(this.#verified);
    this.#wire.write(bytes);
    const early = this.#reader.release();
    const handshakeMs = clock.now() - this.#visit.startedAtMs;
    const origin = { direction: "accepted", handshakeMs } as const;
    return new SecureSocket({ wire: this.#wire, origin, peer, session, early, limits, clock });
  }

  leave(): void {
    this.#machine.abandon();
    this.#reader.stop();
  }

  #perform(step: ServerStep): void {
    switch (step.is) {
      case "send":
        this.#sentM2 = true;
        this.#wire.write(step.bytes);
        return;
      case "verified":
        this.#judge(step.peer);
        return;
      default:
        step satisfies never;
    }
  }

  #judge(verified: VerifiedPeer): void {
    const { keyPair, selfConnect } = this.#options;
    const peer = new RoadPeer(verified.id, this.#visit.address, "shs");
    this.#verified = verified;
    if (selfConnect === "refuse" && peer.id === keyPair.id) {
      const why = () => new NetError("SELF_CONNECT", "the client has our own key");
      this.#visit.refuse(why, peer);
    } else {
      this.#visit.judge(peer);
    }
  }
}
