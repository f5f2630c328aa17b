import { type AnonymousPeer, type Logger, type Peer, type PeerId } from "../base/index.ts";
import {
  type CallObserver,
  type Interceptor,
  type LogLevel,
  type MintOptions,
} from "../objects/index.ts";
import { type Client, type InterfaceType, type Servable } from "../capnp/index.ts";
import { type Certificate, type Road } from "../net/index.ts";
import { type CallStatistics, type ConnectionDump, type DumpOptions } from "../rpc/index.ts";
import { type CloseReason, type Suite } from "../shs/index.ts";
import { type Identity } from "./identity.ts";
import { type VatLimitOptions } from "./limits.ts";
import { type LoadById, type Restorer } from "./restorer.ts";

/** Mints the root capability for one peer; called once a connection, before its first call. */
export type BootstrapFactory<P = Peer> = (
  peer: P,
) => Client | Servable | PromiseLike<Client | Servable>;

/**
 * Judges an accepted connection after the peer has proven its key and before we prove ours. Only
 * `true` admits; `false`, a throw and no answer in time all look alike to the peer. `"anyone"`
 * says that every key is welcome.
 */
export type Admit = "anyone" | ((peer: Peer) => boolean | PromiseLike<boolean>);

/** Who a vat is, whom it lets in and what it offers them; `identity` and `network` must be said. */
export interface VatOptions {
  /** Whose key peers dial, and every peer is shown. */
  readonly identity: Identity;
  /**
   * Peers meet only in the same network: 1–32 printable ASCII characters (padded with zero bytes)
   * or 32 raw bytes.
   */
  readonly network: string | Uint8Array;
  /** Who we are on roads of TLS, in PEM; needed for those alone. It may sign itself. */
  readonly certificate?: Certificate | undefined;
  /** Needed to `listen`. Dialling a key is consent and asks nobody. */
  readonly admit?: Admit | undefined;
  /** Serves dialled and accepted connections alike; without it the vat offers nothing. */
  readonly bootstrap?: BootstrapFactory | undefined;
  /** For roads that prove no key; without it such peers are offered nothing. */
  readonly anonymousBootstrap?: BootstrapFactory<AnonymousPeer> | undefined;
  /** What peers may cost, where the defaults do not suit. */
  readonly limits?: VatLimitOptions | undefined;
  /**
   * Whether code below a method finds its call with `callContext()`. Default `false`: it makes every
   * call a little slower.
   */
  readonly trackCalls?: boolean | undefined;
  /** Default: warnings and errors go to stderr. */
  readonly logger?: Logger | undefined;
  /** Told of every call, served or made. Without any, calls pay nothing. */
  readonly observers?: readonly CallObserver[] | undefined;
  /** Stand before every call, served or made; the first is the outermost. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /** Whether objects sum up what their calls cost, for `inspect()`. Default `false`. */
  readonly statistics?: boolean | undefined;
}

/** Options of one `listen`. */
export interface ListenOptions {
  /**
   * The host that `address` shows, when it is not the one listened on. Rejected with `NetError`
   * `ADDRESS_INVALID` when it is none.
   */
  readonly advertise?: string | undefined;
  /** What we can be dialled with. Default `["aead64k"]`. */
  readonly suites?: readonly Suite[] | undefined;
  /**
   * Clients whose address no limit counts and no penalty meets; default 127.0.0.1 and ::1. Behind a
   * proxy on this machine everybody comes from there: say `() => false` then.
   */
  readonly exempt?: ((host: string) => boolean) | undefined;
  /** Closes the door. */
  readonly signal?: AbortSignal | undefined;
  /** What those get who come in by a door that proves no key; default `anonymousBootstrap`. */
  readonly bootstrap?: BootstrapFactory<AnonymousPeer> | undefined;
}

/** Options of one `connect`. */
export interface ConnectOptions {
  /** Gives the dial up, and closes the handle when the connection is already there. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether calls made before the handshake is done ride with its last message, which saves a
   * round trip; default `false`. They are readable to a server that then refuses us, lack forward
   * secrecy should its key be stolen later, and when the handshake fails they may have run
   * (`executed: "maybe"`). It has no effect when the connection is there or dialled already.
   */
  readonly earlyData?: boolean | undefined;
  /**
   * Whether calls that carry credentials (`$credential` of "/handfast/calls.capnp") may, too;
   * default `false`: they, and all that is called after them, wait until the server has proven its
   * key.
   */
  readonly earlyCredentials?: boolean | undefined;
  /**
   * Asks the peer for what its methods have to say about our calls (`call.clientLog`), until this
   * handle is closed. Its words, so print them with care. One for each connection: the last one
   * asked for counts.
   */
  readonly onLog?: ((line: PeerLogLine) => void) | undefined;
  /** The least that `onLog` wants to hear. Default `info`. */
  readonly logLevel?: LogLevel | undefined;
}

/** A line of a peer's log about a call of ours. */
export interface PeerLogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly extra: Readonly<Record<string, unknown>> | undefined;
  /** The peer's number of the call. */
  readonly requestId: string;
  readonly interface: string;
  readonly method: string;
  /** How many lines were lost before this one. */
  readonly dropped: number;
}

/** What went over a vat's connections. */
export interface VatStatistics {
  /** All connections, those that are gone too. */
  readonly total: CallStatistics;
  /** How often an observer has thrown; only the first time of each is logged. */
  readonly observerFailures: number;
  /** The connections there are now. */
  readonly peers: readonly {
    readonly peer: PeerId | null;
    readonly address: string;
    readonly traffic: CallStatistics;
  }[];
}

/** An open door. */
export interface Listener extends AsyncDisposable {
  /** What to hand to a dialler, such as `capnp://ed25519:<key>@host:7000?suite=box-stream`. */
  readonly address: string;
  /** One address for each suite; `address` is the first. */
  readonly addresses: readonly string[];
  /** Stops accepting; connections that were accepted go on. */
  close(): Promise<void>;
}

/**
 * One handle on a connection to one peer. Calls may be made at once and wait until it is there.
 * The connection closes with its last handle and last reference, or with the vat.
 */
export interface Connection extends AsyncDisposable {
  /** Settles with the proven peer, or with why there is none. */
  readonly ready: Promise<Peer | AnonymousPeer>;
  /** Settles once the connection is gone: `undefined` after a clean goodbye. Never rejects. */
  readonly closed: Promise<Error | undefined>;
  /**
   * What the peer said of why it leaves, as its `vat.close(reason)` does. Its words: print them with
   * care. Only suite `aead64k` can say it.
   */
  readonly closeReason: CloseReason | undefined;
  /** The peer's root capability, as its bootstrap factory minted it for us. */
  bootstrap<C extends Client>(type: InterfaceType<C>): C;
  /** Gives the handle back. Stubs that are still held keep the connection, and calls go on. */
  close(): Promise<void>;
}

/** All the connections and all the local objects of one identity. */
export interface Vat extends AsyncDisposable {
  readonly identity: Identity;
  /** Who is connected now; one entry a connection. */
  readonly peers: readonly (Peer | AnonymousPeer)[];
  /**
   * Listens on `tcp://host:port`, where port 0 picks a free one, or `unix:/path`. On
   * `tls://host:port` peers prove the certificate that they are known by. On
   * `insecure://127.0.0.1:port`, plain TCP for programs of this machine, and
   * `insecure+unix:/path`, for programs of this user alone (mode 0600), they prove nothing, are
   * asked nothing, and get what `anonymousBootstrap` makes. Throws `NetError` `ADDRESS_INVALID`,
   * `PORT_IN_USE`, `ADDRESS_UNAVAILABLE`, `CERTIFICATE_INVALID`, `SOCKET_UNSAFE`; `VatError`
   * `ADMIT_MISSING` when nobody said who may in, `CERTIFICATE_MISSING`.
   */
  listen(address: string, options?: ListenOptions): Promise<Listener>;
  /**
   * Dials what a `Listener`'s `address` says, or Scuttlebutt's `net:host:port~shs:<key>`, or joins
   * the connection to that peer when there is one; returns at once. A connected peer may be named
   * by its id alone. Throws `NetError` `ADDRESS_INVALID`, `VatError` `CLOSED`,
   * `CERTIFICATE_MISSING`; everything else rejects `ready`.
   */
  connect(address: string, options?: ConnectOptions): Connection;
  /**
   * Makes a road that is there already a connection of this vat's, such as one end of
   * `memoryRoads()`. The road must not have been started. Throws `VatError` `CLOSED`.
   */
  join(road: Road): Connection;
  /** A reference to an object of this vat: a client of it that can be held, passed and revoked. */
  refer<C extends Client, S extends Servable>(type: InterfaceType<C, S>, server: S): C;
  /**
   * Objects that can be asked for by id, each loaded once while anybody holds it. `load` is given
   * the id and makes the object, or throws what the asker is to see.
   */
  restorer<S extends Servable>(load: LoadById<S>): Restorer<S>;
  /**
   * A reference to an object on terms of its own: an authority, by default nobody's; an end; a
   * label. Dispose it, or pass it on and dispose it. Methods have `call.mint`.
   */
  mint<C extends Client, S extends Servable>(
    type: InterfaceType<C, S>,
    object: C | S,
    options?: MintOptions<C>,
  ): C;
  /** Who holds which capability, connection by connection; plain JSON. */
  inspect(options?: DumpOptions): readonly ConnectionDump[];
  /** Messages, bytes and capabilities, in and out, of each connection and of all. */
  stats(): VatStatistics;
  /** Says goodbye on every connection, and why where the suite can, and closes every listener. */
  close(reason?: CloseReason): Promise<void>;
}
