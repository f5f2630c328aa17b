import { type AnonymousPeer, type Logger, type Peer } from "../base/index.ts";
import { Host, hookOf, serve } from "../capnp/index.ts";
import {
  dial,
  endOfTurn,
  listen,
  type PeerAddress,
  parseListenAddress,
  parsePeerAddress,
  realClock,
  type SecureSocket,
} from "../net/index.ts";
import { BrokenHook, type Hook, RpcError } from "../rpc/index.ts";
import { networkIdentifier, ready } from "../shs/index.ts";
import {
  type Connection,
  type ConnectOptions,
  type Listener,
  type ListenOptions,
  type Vat as VatContract,
  type VatOptions,
} from "./contract.ts";
import { defaultLogger } from "./default-logger.ts";
import { type DialOwner, Dials } from "./dials.ts";
import { Driver, type DriverOwner } from "./driver.ts";
import { VatError } from "./error.ts";
import { type Arrival, Handle } from "./handle.ts";
import { Identity } from "./identity.ts";
import { OpenDoor } from "./open-door.ts";
import { Pump } from "./pump.ts";

class OpenVat implements VatContract, DriverOwner, DialOwner {
  readonly #options: VatOptions;
  readonly #network: Uint8Array;
  readonly #log: Logger;
  readonly #pump = new Pump(endOfTurn);
  readonly #host: Host;
  /** Established connections, the newest last. */
  readonly #drivers = new Set<Driver>();
  readonly #doors = new Set<OpenDoor>();
  readonly #dials: Dials;
  readonly #life = new AbortController();

  constructor(options: VatOptions) {
    this.#options = options;
    this.#network = networkIdentifier(options.network);
    this.#log = options.logger ?? defaultLogger;
    const { id, publicKey } = options.identity;
    this.#dials = new Dials(this, realClock, publicKey);
    this.#host = new Host({
      turns: this.#pump.turns,
      clock: realClock,
      self: { id, address: "local", transport: "local", signal: this.#life.signal },
      serve,
      report: ({ error, ...where }) => {
        this.#log.error({ ...where, err: error }, `internal error (ref ${where.ref})`);
      },
    });
  }

  get turns() {
    return this.#pump.turns;
  }

  async listen(address: string, options: ListenOptions = {}): Promise<Listener> {
    this.#requireOpen();
    const { admit, identity } = this.#options;
    if (admit === undefined) {
      const message = 'say who may connect: admit: (peer) => …, or admit: "anyone"';
      throw new VatError("ADMIT_MISSING", message);
    }
    const road = await listen({
      address: parseListenAddress(address),
      keyPair: Identity.keyPairOf(identity),
      network: this.#network,
      admit: admit === "anyone" ? () => true : admit,
      suites: options.suites ?? ["box-stream"],
      confirm: (peer, { startedAtMs }) => this.#dials.confirm(peer.id, startedAtMs),
      accepted: (socket) => {
        this.#dials.accepted(this.adopt(socket));
      },
      refused: ({ address: from, peer, error }) => {
        this.#log.debug({ from, peer: peer?.id, err: error }, "refused a connection");
      },
    });
    const door = new OpenDoor(road, options.advertise, () => this.#doors.delete(door));
    this.#doors.add(door);
    return door;
  }

  connect(address: string, { signal }: ConnectOptions = {}): Connection {
    const handle = new Handle(this.turns, this.#arrivalAt(parsePeerAddress(address)));
    if (signal?.aborted === true) void handle.close();
    signal?.addEventListener("abort", () => void handle.close(), { once: true });
    return handle;
  }

  async close(): Promise<void> {
    if (this.#life.signal.aborted) return;
    this.#life.abort(new VatError("CLOSED", "the vat was closed"));
    const listeners = [...this.#doors].map((door) => door.close());
    const connections = [...this.#drivers].map((driver) => {
      driver.close();
      return driver.closed;
    });
    this.#dials.close();
    await Promise.all([...listeners, ...connections]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get listening(): boolean {
    return this.#doors.size > 0;
  }

  dial(address: PeerAddress, committed: () => void, signal: AbortSignal): Promise<SecureSocket> {
    const keyPair = Identity.keyPairOf(this.#options.identity);
    const nothingEarly = () => {
      committed();
      return [];
    };
    return dial({ address, keyPair, network: this.#network, committed: nothingEarly, signal });
  }

  adopt(socket: SecureSocket): Driver {
    const driver = new Driver(socket, this);
    this.#drivers.add(driver);
    if (this.#life.signal.aborted) driver.close();
    return driver;
  }

  bootstrap(peer: Peer | AnonymousPeer): Hook {
    try {
      const root =
        peer.id === undefined
          ? this.#options.anonymousBootstrap?.(peer)
          : this.#options.bootstrap?.(peer);
      const hook = root === undefined ? undefined : hookOf(root, this.turns);
      return hook ?? this.#broken(RpcError.unimplemented("nothing is offered here"));
    } catch (error) {
      if (error instanceof RpcError) return this.#broken(error);
      const where = { interface: "bootstrap", method: "bootstrap" };
      const ref = this.#host.failed({ ...where, error });
      return this.#broken(RpcError.failed(`internal error (ref ${ref})`));
    }
  }

  wake(driver: Driver): void {
    this.#pump.wake(driver);
  }

  ended(driver: Driver, error: Error | undefined): void {
    this.#drivers.delete(driver);
    const peer = driver.peer.id ?? driver.peer.address;
    if (error !== undefined) this.#log.debug({ peer, err: error }, "a connection is gone");
  }

  #arrivalAt(address: PeerAddress): Arrival {
    this.#requireOpen();
    const known = [...this.#drivers].findLast(
      ({ peer, ended }) => peer.id === address.id && !ended,
    );
    return known === undefined
      ? this.#dials.join(address)
      : { driver: Promise.resolve(known), abandon: () => {} };
  }

  #broken(error: RpcError): Hook {
    return new BrokenHook(this.turns, error);
  }

  #requireOpen(): void {
    if (this.#life.signal.aborted) throw new VatError("CLOSED", "this vat was closed");
  }
}

/** All the connections and all the local objects of one identity. */
export const Vat = {
  /** Throws `ShsError` `NETWORK_INVALID`. */
  async open(options: VatOptions): Promise<Vat> {
    await ready();
    return new OpenVat(options);
  },
};
export type Vat = VatContract;
