import {
  abortWith,
  type AnonymousPeer,
  AuthContext,
  type Logger,
  parsePeerId,
  type Peer,
  type PeerId,
  whenAborted,
} from "../base/index.ts";
import {
  CallObservers,
  clientOfHook,
  Host,
  hookOf,
  minted,
  type MintOptions,
  serve,
} from "../objects/index.ts";
import { type Client, type InterfaceType, type Servable } from "../capnp/index.ts";
import {
  dial,
  dialInsecure,
  dialInsecureUnix,
  dialTls,
  endOfTurn,
  type NetLimits,
  parseInsecureAddress,
  parseInsecureUnixAddress,
  parsePeerAddress,
  parseTlsAddress,
  type PeerAddress,
  realClock,
  type Road,
  type SecureSocket,
} from "../net/index.ts";
import {
  BrokenHook,
  type ConnectionDump,
  type DumpOptions,
  type Hook,
  RpcError,
  Tally,
} from "../rpc/index.ts";
import { type CloseReason, networkIdentifier, ready } from "../shs/index.ts";
import { LogSource } from "./client-log.capnp.ts";
import { ClientLogs, subscribe } from "./client-log.ts";
import {
  type BootstrapFactory,
  type Connection,
  type ConnectOptions,
  type Listener,
  type ListenOptions,
  type Vat as VatContract,
  type VatOptions,
  type VatStatistics,
} from "./contract.ts";
import { defaultLogger, harmless } from "./default-logger.ts";
import { type DialOwner, Dials, type Earliness } from "./dials.ts";
import { type DoorOwner, Doors, requireCertificate } from "./doors.ts";
import { Driver, type DriverOwner } from "./driver.ts";
import { VatError } from "./error.ts";
import { type Arrival, Handle } from "./handle.ts";
import { Identity } from "./identity.ts";
import { type VatLimits, vatLimits } from "./limits.ts";
import { Pump } from "./pump.ts";
import { type LoadById, Restorer } from "./restorer.ts";

class OpenVat implements VatContract, DriverOwner, DialOwner, DoorOwner {
  readonly #options: VatOptions;
  readonly limits: VatLimits;
  readonly clock = realClock;
  readonly network: Uint8Array;
  readonly log: Logger;
  readonly #pump = new Pump(endOfTurn, (err) => {
    this.log.error({ err }, "a turn failed; the vat goes on");
  });
  readonly #host: Host;
  readonly #observers: CallObservers | undefined;
  /** Established connections, the newest last. */
  readonly #drivers = new Set<Driver>();
  /** Those that are over, while what was sent last leaves. */
  readonly #leaving = new Set<Driver>();
  readonly #doors: Doors;
  readonly #dials: Dials;
  readonly #life = new AbortController();
  #closing: Promise<void> | undefined;
  /** For peers without a key: what the door they came in by has to offer. */
  readonly #doorOf = new WeakMap<AnonymousPeer, BootstrapFactory<AnonymousPeer>>();
  /** What went over the connections that are gone. */
  readonly #gone = new Tally();

  constructor(options: VatOptions) {
    this.#options = options;
    this.limits = vatLimits(options.limits);
    this.network = networkIdentifier(options.network);
    this.log = harmless(options.logger ?? defaultLogger);
    const { id, publicKey } = options.identity;
    this.#dials = new Dials(this, this.clock, publicKey);
    this.#doors = new Doors(this, options);
    const watchers = this.#watchers(options);
    this.#observers = watchers.observers;
    this.#host = new Host({
      turns: this.#pump.turns,
      clock: this.clock,
      self: { id, address: "local", transport: "local", signal: this.#life.signal },
      serve,
      log: this.log,
      ...watchers,
      trackCalls: options.trackCalls,
      refused: ({ error, ...where }) => {
        const { reason, cause } = error;
        this.log.info({ ...where, reason, err: cause }, "refused a caller");
      },
      report: ({ error, ...where }) => {
        this.log.error({ ...where, err: error }, `internal error (ref ${where.ref})`);
      },
    });
  }

  get identity(): Identity {
    return this.#options.identity;
  }

  get peers(): readonly (Peer | AnonymousPeer)[] {
    return [...this.#drivers].map(({ peer }) => peer);
  }

  get turns() {
    return this.#pump.turns;
  }

  async listen(address: string, options?: ListenOptions): Promise<Listener> {
    this.requireOpen();
    return await this.#doors.open(address, options);
  }

  connect(address: string, options: ConnectOptions = {}): Connection {
    const { signal, onLog, logLevel = "info" } = options;
    const handle = new Handle(this.turns, this.#arrivalAt(address, options));
    if (onLog !== undefined) handle.onClosing = subscribe(handle, logLevel, onLog, this.log);
    const deafen = whenAborted(signal, () => void handle.close());
    void handle.closed.then(deafen);
    return handle;
  }

  join(road: Road): Connection {
    this.requireOpen();
    return new Handle(this.turns, arrived(this.adopt(road)));
  }

  refer<C extends Client, S extends Servable>(type: InterfaceType<C, S>, server: S): C {
    return clientOfHook<InterfaceType<C, S>>(type, this.#host.hookOf(server));
  }

  inspect(options: DumpOptions = {}): readonly ConnectionDump[] {
    return [...this.#drivers].map((driver) => driver.dump(options));
  }

  stats(): VatStatistics {
    const total = new Tally();
    total.add(this.#gone);
    const peers = [...this.#drivers].map(({ peer, connection: { traffic } }) => {
      total.add(traffic);
      return { peer: peer.id ?? null, address: peer.address, traffic };
    });
    return { total: total.sums, peers, observerFailures: this.#observers?.failures ?? 0 };
  }

  restorer<S extends Servable>(load: LoadById<S>): Restorer<S> {
    const hold = (object: Servable) => {
      const hook = this.#host.hookOf(object);
      return () => {
        hook.release();
      };
    };
    const whenDropped = this.#host.whenDropped.bind(this.#host);
    return new Restorer({ hold, whenDropped, endOfTurn }, load);
  }

  mint<C extends Client, S extends Servable>(
    type: InterfaceType<C, S>,
    object: C | S,
    { auth = AuthContext.anonymous(), ...terms }: MintOptions<C> = {},
  ): C {
    return minted(type, object, { auth, ...terms }, this.#host);
  }

  close(reason?: CloseReason): Promise<void> {
    return (this.#closing ??= this.#close(reason));
  }

  async #close(reason: CloseReason | undefined): Promise<void> {
    this.#life.abort(new VatError("CLOSED", "the vat was closed"));
    this.#host.close();
    const listeners = this.#doors.close();
    for (const driver of this.#drivers) driver.close(reason);
    const connections = [...this.#leaving].map(({ closed }) => closed);
    this.#dials.close();
    await Promise.all([listeners, ...connections]);
    this.#observers?.closed();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get listening(): boolean {
    return this.#doors.listening;
  }

  dial(
    address: PeerAddress,
    committed: () => readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<SecureSocket> {
    const keyPair = Identity.keyPairOf(this.#options.identity);
    const network = this.network;
    return dial({ address, keyPair, network, committed, signal, limits: this.limits.net });
  }

  driveEarly(road: Road): Driver {
    return new Driver(road, this, { dialled: true, early: true });
  }

  adopt(road: Road, early?: Driver): Driver {
    const driver = early ?? new Driver(road, this, { dialled: true });
    early?.connection.peerProven();
    return this.#established(driver);
  }

  /** A peer that came in by one of our doors and proved who it is. */
  welcome(road: Road): void {
    this.#dials.accepted(this.#established(new Driver(road, this, { dialled: false })));
  }

  /** A peer that proved nothing, at a door that has something of its own to offer, or not. */
  welcomeAnonymous(road: Road<AnonymousPeer>, offer: ListenOptions["bootstrap"]): void {
    if (offer !== undefined) this.#doorOf.set(road.peer, offer);
    this.#established(new Driver(road, this, { dialled: false }));
  }

  confirm(peer: PeerId, startedAtMs: number): boolean {
    return this.#dials.confirm(peer, startedAtMs);
  }

  bootstrap(peer: Peer | AnonymousPeer): Hook {
    try {
      const root =
        peer.id === undefined
          ? (this.#doorOf.get(peer) ?? this.#options.anonymousBootstrap)?.(peer)
          : this.#options.bootstrap?.(peer);
      const hook = root === undefined ? undefined : hookOf(root, this.turns);
      return hook ?? this.#broken(RpcError.unimplemented("nothing is offered here"));
    } catch (error) {
      return this.#broken(this.#host.forTheCaller(error, BOOTSTRAP));
    }
  }

  wake(driver: Driver): void {
    this.#pump.wake(driver);
  }

  ended(driver: Driver, error: Error | undefined): void {
    if (this.#drivers.delete(driver)) this.#gone.add(driver.connection.traffic);
    this.#leaving.add(driver);
    void driver.closed.then(() => this.#leaving.delete(driver));
    const peer = driver.peer.id ?? driver.peer.address;
    if (error !== undefined) this.log.debug({ peer, err: error }, "a connection is gone");
  }

  #watchers({ observers = [], interceptors = [], statistics }: VatOptions) {
    const failed = (err: unknown) => {
      this.log.error({ err }, "an observer of calls failed; what it throws from now on is counted");
    };
    const clientLogs = new ClientLogs();
    return {
      observers: observers.length === 0 ? undefined : new CallObservers(observers, failed),
      interceptors: interceptors.length === 0 ? undefined : interceptors,
      countsCalls: statistics,
      clientLog: clientLogs.write,
      facets: [[LogSource.id, clientLogs.source]] as const,
    };
  }

  #arrivalAt(text: string, earliness: Earliness = {}): Arrival {
    this.requireOpen();
    const path = parseInsecureUnixAddress(text);
    if (path !== undefined) return this.#dialAlone((options) => dialInsecureUnix(path, options));
    const insecure = parseInsecureAddress(text, 1);
    if (insecure !== undefined) {
      return this.#dialAlone((options) => dialInsecure({ address: insecure, ...options }));
    }
    const tls = parseTlsAddress(text);
    const id = tls?.id ?? parsePeerId(text);
    const address = id === undefined ? parsePeerAddress(text) : undefined;
    const known = this.#newest(id ?? address?.id);
    if (known !== undefined) return arrived(known);
    if (tls !== undefined) {
      const certificate = requireCertificate(this.#options.certificate);
      return this.#dialAlone((options) =>
        dialTls({ address: tls, id: tls.id, certificate, ...options }),
      );
    }
    if (address !== undefined) return this.#dials.join(address, earliness);
    const error = new VatError("NOT_CONNECTED", `${text} is not connected; dial its address`);
    return { driver: Promise.reject(error), abandon: () => {} };
  }

  /** A dial of one `connect()`, which no other joins. */
  #dialAlone(
    open: (options: { signal: AbortSignal; limits: Partial<NetLimits> }) => Promise<Road>,
  ): Arrival {
    const controller = new AbortController();
    const { signal } = controller;
    const deafen = abortWith(controller, this.#life.signal);
    const road = open({ signal, limits: this.limits.net }).finally(deafen);
    return {
      driver: road.then((opened) => this.adopt(opened)),
      abandon: () => {
        controller.abort(new VatError("CLOSED", "the dial was given up"));
      },
    };
  }

  #established(driver: Driver): Driver {
    this.#drivers.add(driver);
    if (this.#life.signal.aborted) driver.close();
    return driver;
  }

  #newest(id: PeerId | undefined): Driver | undefined {
    return [...this.#drivers].findLast(({ peer, ended }) => peer.id === id && !ended);
  }

  #broken(error: RpcError): Hook {
    return new BrokenHook(this.turns, error);
  }

  requireOpen(): void {
    if (this.#life.signal.aborted) throw new VatError("CLOSED", "this vat was closed");
  }
}

/** A connection that is there. */
function arrived(driver: Driver): Arrival {
  return { driver: Promise.resolve(driver), abandon: () => {} };
}

const BOOTSTRAP = { interface: "rpc.capnp", method: "bootstrap" };

/** From JavaScript, anything may be passed. */
function requireOptions(options: Partial<VatOptions> | undefined): void {
  if (!(options?.identity instanceof Identity)) {
    throw new VatError("OPTION_MISSING", "a vat needs an identity: Identity.load, loadOrCreate, …");
  }
  if (options.network === undefined) {
    throw new VatError("OPTION_MISSING", 'a vat needs a network, such as "library.example/v1"');
  }
}

/** All the connections and all the local objects of one identity. */
export const Vat = {
  /** Throws `ShsError` `NETWORK_INVALID`, `VatError` `OPTION_MISSING`. */
  async open(options: VatOptions): Promise<Vat> {
    requireOptions(options);
    await ready();
    return new OpenVat(options);
  },
};
export type Vat = VatContract;
