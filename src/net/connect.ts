import { connect } from "node:net";
import { type Duplex } from "node:stream";
import { ByteQueue, type Clock, publicKeyOf, whenAborted } from "../base/index.ts";
import {
  ClientHandshake,
  type ClientStep,
  type Ephemeral,
  type KeyPair,
  type Session,
} from "../shs/index.ts";
import { type PeerAddress, printPlace } from "./address.ts";
import { realClock } from "./clock.ts";
import { ephemeralsOf } from "./ephemeral-pool.ts";
import { announcingFailure } from "./diagnostics.ts";
import { NetError } from "./error.ts";
import { type NetLimits, withDefaults } from "./limits.ts";
import { MessageReader } from "./message-reader.ts";
import { connected } from "./reached.ts";
import { RoadPeer } from "./road-peer.ts";
import { SecureSocket } from "./secure-socket.ts";

export interface DialOptions {
  readonly address: PeerAddress;
  readonly keyPair: KeyPair;
  /** The network identifier, 32 bytes. */
  readonly network: Uint8Array;
  /** Whether our own key may be at the other end; default `refuse`. */
  readonly selfConnect?: "allow" | "refuse" | undefined;
  /**
   * Called when M3 leaves, which commits this dial. What it returns is sealed and leaves in the
   * same write: early data, which a server that refuses us can read.
   */
  readonly committed?: (() => readonly Uint8Array[]) | undefined;
  /** Gives the dial up. */
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<NetLimits> | undefined;
  readonly clock?: Clock | undefined;
  readonly ephemeral?: (() => Ephemeral) | undefined;
}

/**
 * Dials a peer and proves both keys. Rejects with `NetError` (`HOST_NOT_FOUND`,
 * `CONNECTION_REFUSED`, `UNREACHABLE`, `CONNECT_TIMEOUT`, `HANDSHAKE_TIMEOUT`, `HANDSHAKE_CUT`,
 * `NOT_ADMITTED`, `SELF_CONNECT`, `ABORTED`) or, when the server proved the wrong thing, `ShsError`.
 */
export function dial(options: DialOptions): Promise<SecureSocket> {
  const { address, signal, clock = realClock } = options;
  const { host, port, path } = address;
  const { connectMs, keepaliveMs } = withDefaults(options.limits);
  return announcingFailure(printPlace(address), async () => {
    refuseOurselves(options);
    const startedAtMs = clock.now();
    const socket = connect({
      ...(path === undefined ? { host, port } : { path }),
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepaliveMs,
    });
    await connected(socket, printPlace(address), { connectMs, signal, clock });
    return await shakeHands(socket, options, clock.now() - startedAtMs);
  });
}

/** The same over a wire that is connected already. */
export function dialWire(wire: Duplex, options: DialOptions): Promise<SecureSocket> {
  return announcingFailure(printPlace(options.address), async () => {
    refuseOurselves(options);
    return await shakeHands(wire, options, 0);
  });
}

function refuseOurselves({ address, keyPair, selfConnect = "refuse" }: DialOptions): void {
  if (selfConnect === "allow" || address.id !== keyPair.id) return;
  const message = `${printPlace(address)} is dialled with its own key`;
  throw new NetError("SELF_CONNECT", message);
}

function shakeHands(wire: Duplex, options: DialOptions, connectMs: number): Promise<SecureSocket> {
  return new Promise((resolve, reject) => {
    new Handshaking(wire, options, connectMs, resolve, reject).begin();
  });
}

/** How far a handshake came, which decides what a silent hang-up means. */
type Stage = "awaiting M2" | "awaiting M4" | "over";

class Handshaking {
  readonly #wire: Duplex;
  readonly #options: DialOptions;
  readonly #connectMs: number;
  readonly #limits: NetLimits;
  readonly #clock: Clock;
  readonly #resolve: (socket: SecureSocket) => void;
  readonly #reject: (error: unknown) => void;
  readonly #target: string;
  readonly #startedAtMs: number;
  #stage: Stage = "awaiting M2";
  #machine: ClientHandshake | undefined;
  #reader: MessageReader<ClientStep> | undefined;
  #cancelTimer: (() => void) | undefined;
  #deafen = (): void => {};

  constructor(
    wire: Duplex,
    options: DialOptions,
    connectMs: number,
    resolve: (socket: SecureSocket) => void,
    reject: (error: unknown) => void,
  ) {
    this.#wire = wire;
    this.#options = options;
    this.#connectMs = connectMs;
    this.#limits = withDefaults(options.limits);
    this.#clock = options.clock ?? realClock;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#target = printPlace(options.address);
    this.#startedAtMs = this.#clock.now();
  }

  begin(): void {
    const { address, keyPair, network, signal } = this.#options;
    if (signal?.aborted === true) {
      this.#aborted();
      return;
    }
    this.#deafen = whenAborted(signal, this.#aborted);
    const { suite } = address;
    const { ephemeral = ephemeralsOf(this.#limits.pairsAhead) } = this.#options;
    const serverKey = publicKeyOf(address.id) ?? new Uint8Array(0); // refused by the handshake
    try {
      const given = { keyPair, serverKey, network, suite, ephemeral: ephemeral() };
      this.#machine = new ClientHandshake(given);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#cancelTimer = this.#clock.after(this.#limits.handshakeMs, this.#late);
    this.#reader = new MessageReader(this.#wire, this.#machine, {
      step: (step) => {
        this.#perform(step);
      },
      failed: (why) => {
        this.#fail(this.#explain(why()));
      },
    });
    this.#wire.write(this.#machine.m1);
  }

  #perform(step: ClientStep): void {
    switch (step.is) {
      case "send": {
        this.#stage = "awaiting M4";
        const wire = this.#wire;
        wire.cork(); // early data leaves with M3
        wire.write(step.bytes);
        const early = new ByteQueue();
        for (const bytes of this.#options.committed?.() ?? []) early.push(bytes);
        for (const part of step.sealer.seal(early)) wire.write(part);
        wire.uncork();
        return;
      }
      case "established":
        this.#established(step.session);
        return;
      default:
        step satisfies never;
    }
  }

  #established(session: Session): void {
    const early = this.#reader?.release() ?? new ByteQueue();
    this.#leave();
    const peer = new RoadPeer(session.peer.id, this.#target, "shs");
    const [limits, clock] = [this.#limits, this.#clock];
    const origin = {
      direction: "dialled",
      connectMs: this.#connectMs,
      handshakeMs: clock.now() - this.#startedAtMs,
    } as const;
    this.#resolve(
      new SecureSocket({ wire: this.#wire, origin, peer, session, early, limits, clock }),
    );
  }

  /** Silence after M3 means the wrong key or a refusal; the wire says no more, and neither can we. */
  #explain(error: unknown): unknown {
    const hungUp =
      error instanceof NetError && (error.code === "HANDSHAKE_CUT" || error.code === "RESET");
    if (!hungUp) return error;
    return this.#stage === "awaiting M4"
      ? new NetError(
          "NOT_ADMITTED",
          `${this.#target} hung up after seeing our key: it has another key, or will not have us`,
          { cause: error.cause },
        )
      : new NetError(
          "HANDSHAKE_CUT",
          `${this.#target} hung up on our first message: another network, suite or protocol`,
          { cause: error.cause },
        );
  }

  readonly #late = (): void => {
    const message = `${this.#target}: no handshake in time, still ${this.#stage}`;
    this.#fail(new NetError("HANDSHAKE_TIMEOUT", message));
  };

  readonly #aborted = (): void => {
    const cause: unknown = this.#options.signal?.reason;
    this.#fail(new NetError("ABORTED", `${this.#target}: the dial was given up`, { cause }));
  };

  #fail(error: unknown): void {
    if (this.#stage === "over") return;
    this.#leave();
    this.#machine?.abandon();
    this.#reader?.stop();
    this.#wire.destroy();
    this.#reject(error);
  }

  #leave(): void {
    this.#stage = "over";
    this.#cancelTimer?.();
    this.#deafen();
  }
}
