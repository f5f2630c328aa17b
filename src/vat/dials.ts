import { type Clock, compareBytes, type PeerId, publicKeyOf } from "../base/index.ts";
import {
  NetError,
  type PeerAddress,
  printPeerAddress,
  type Road,
  type SecureSocket,
} from "../net/index.ts";
import { type Driver } from "./driver.ts";
import { EarlyRoad } from "./early-road.ts";
import { VatError } from "./error.ts";
import { type Arrival } from "./handle.ts";
import { type VatLimits } from "./limits.ts";

/** What dialling needs of the vat. */
export interface DialOwner {
  readonly limits: VatLimits;
  /** Whether peers can dial us, so that a refused dial may still be answered by theirs. */
  readonly listening: boolean;
  /** Rejects when there is no connection to be had; `committed` is told when M3 leaves. */
  dial(
    address: PeerAddress,
    committed: () => readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<SecureSocket>;
  /** A driver for calls that leave before the road is open; not one of the vat's connections. */
  driveEarly(road: EarlyRoad): Driver;
  /** Makes the connection one of the vat's; `early` is the driver it has had so far. */
  adopt(road: Road, early?: Driver): Driver;
}

/** What `connect()` says about calls that are made before there is a connection. */
export interface Earliness {
  readonly earlyData?: boolean | undefined;
  readonly earlyCredentials?: boolean | undefined;
}

/**
 * The dials of a vat. Whoever connects to an address being dialled joins in.
 *
 * When two vats dial each other at once, one connection is enough. A dial commits when it sends M3,
 * an accept when it sends M4, and the vat with the greater raw key decides: while a committed dial
 * of its own is unfinished it refuses that peer's connection, and so it does with a handshake that
 * began before that dial finished; otherwise it accepts, which cancels its own dial. The lower
 * always accepts, and its `connect()` waits for the greater's connection when its own is refused.
 * Early calls that left with a dial that comes to nothing are lost with it.
 */
export class Dials {
  readonly #owner: DialOwner;
  readonly #clock: Clock;
  readonly #ownKey: Uint8Array;
  readonly #byAddress = new Map<string, Dial>();
  /** When the last of our dials to a peer finished, while the connection lives. */
  readonly #finishedAtMs = new Map<PeerId, number>();

  constructor(owner: DialOwner, clock: Clock, ownKey: Uint8Array) {
    this.#owner = owner;
    this.#clock = clock;
    this.#ownKey = ownKey;
  }

  join(address: PeerAddress, earliness: Earliness): Arrival {
    const key = printPeerAddress(address);
    let dial = this.#byAddress.get(key);
    if (dial === undefined || dial.state === "failed") {
      const begun = new Dial(this.#owner, this.#clock, address);
      dial = begun;
      this.#byAddress.set(key, dial);
      dial.own.then(
        (driver) => {
          this.#finished(address.id, driver);
        },
        () => {}, // whoever waits is told
      );
      const over = () => {
        if (this.#byAddress.get(key) === begun) this.#byAddress.delete(key);
      };
      dial.driver.then(over, over);
    }
    return dial.join(earliness);
  }

  /** Asked just before we would prove our key to a peer whose handshake began at that time. */
  confirm(peer: PeerId, startedAtMs: number): boolean {
    if (!this.#decides(peer)) return true;
    if (this.#dialsTo(peer).some(({ state }) => state === "committed")) return false;
    return startedAtMs >= (this.#finishedAtMs.get(peer) ?? -Infinity);
  }

  /** The peer's connection is here: our own dial to it is not needed. */
  accepted(driver: Driver): void {
    const { id } = driver.peer;
    if (id === undefined) return;
    for (const dial of this.#dialsTo(id)) dial.settle(driver);
  }

  /** The vat is closing: nobody waits any longer. */
  close(): void {
    for (const dial of this.#byAddress.values()) dial.cancel();
  }

  #decides(peer: PeerId): boolean {
    const key = publicKeyOf(peer);
    return key !== undefined && compareBytes(this.#ownKey, key) > 0;
  }

  #dialsTo(peer: PeerId): readonly Dial[] {
    return [...this.#byAddress.values()].filter(({ address }) => address.id === peer);
  }

  #finished(peer: PeerId, driver: Driver): void {
    const atMs = this.#clock.now();
    this.#finishedAtMs.set(peer, atMs);
    void driver.closed.then(() => {
      if (this.#finishedAtMs.get(peer) === atMs) this.#finishedAtMs.delete(peer); // not a later one's
    });
  }
}

/**
 * One dial, and how many wait for it; when nobody does, it is given up.
 *
 *   dialling → committed → settled    by our own handshake
 *       ├────────┼───────→ settled    by the peer's connection
 *       └────────┴───────→ failed     by an error, or `cancel`
 *   committed → refused → either      refused, but the peer's may be on its way
 */
class Dial {
  readonly address: PeerAddress;
  /** Where those who wait get their connection, whoever dialled it. */
  readonly driver: Promise<Driver>;
  /** Our own handshake. */
  readonly own: Promise<Driver>;
  state: "dialling" | "committed" | "refused" | "settled" | "failed" = "dialling";
  readonly #controller = new AbortController();
  readonly #owner: DialOwner;
  /** Whose calls may leave with M3. */
  readonly #early = new Set<(driver: Driver) => void>();
  #earlyCredentials = true;
  #earlyDriver: { readonly driver: Driver; readonly road: EarlyRoad } | undefined;
  #resolve!: (driver: Driver) => void;
  #reject!: (error: unknown) => void;
  #stopWaiting: (() => void) | undefined;
  #waiting = 0;

  constructor(owner: DialOwner, clock: Clock, address: PeerAddress) {
    this.address = address;
    this.#owner = owner;
    this.driver = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const startedAtMs = clock.now();
    const committed = () => {
      if (this.state === "dialling") this.state = "committed";
      return this.#early.size === 0 ? [] : this.#speakEarly();
    };
    this.own = owner
      .dial(address, committed, this.#controller.signal)
      .then((socket) => this.#established(socket));
    this.own.then(
      (driver) => {
        this.settle(driver);
      },
      (error: unknown) => {
        this.#earlyDriver?.road.fail(asError(error));
        const leftMs = startedAtMs + owner.limits.net.handshakeMs - clock.now();
        if (isRefusal(error) && owner.listening && leftMs > 0) this.#await(clock, leftMs, error);
        else this.#fail(error);
      },
    );
  }

  join({ earlyData, earlyCredentials }: Earliness): Arrival {
    this.#waiting += 1;
    if (earlyData === true && earlyCredentials !== true) this.#earlyCredentials = false;
    let joined = true;
    const abandon = () => {
      if (!joined) return;
      joined = false;
      this.#waiting -= 1;
      if (this.#waiting === 0) this.cancel();
    };
    const whenEarly = (callback: (driver: Driver) => void) => void this.#early.add(callback);
    return { driver: this.driver, abandon, ...(earlyData === true && { whenEarly }) };
  }

  /** There is a connection. If it is not our own, our own is given up. */
  settle(driver: Driver): void {
    if (this.#isOver) return;
    this.#over("settled");
    this.#resolve(driver);
    this.#controller.abort(new VatError("CLOSED", "the peer's own dial was faster"));
  }

  cancel(): void {
    const error = givenUp();
    this.#controller.abort(error);
    this.#fail(error);
  }

  /** Refused, perhaps only because the peer's own dial is to be the connection. */
  #await(clock: Clock, leftMs: number, error: unknown): void {
    if (this.#isOver) return;
    this.state = "refused";
    this.#stopWaiting = clock.after(leftMs, () => {
      this.#fail(error);
    });
  }

  /** M3 is about to leave: what was called so far goes with it. */
  #speakEarly(): readonly Uint8Array[] {
    const road = new EarlyRoad(this.address, () => {
      this.cancel();
    });
    const driver = this.#owner.driveEarly(road);
    this.#earlyDriver = { driver, road };
    for (const begin of this.#early) begin(driver);
    return driver.takeEarly(this.#earlyCredentials);
  }

  /** The peer's connection may be there as well; then it has given up that one for ours. */
  #established(socket: SecureSocket): Driver {
    if (this.state === "failed") {
      socket.destroy(); // nobody would ever close it
      throw givenUp();
    }
    const early = this.#earlyDriver;
    if (early === undefined) return this.#owner.adopt(socket);
    const driver = this.#owner.adopt(early.road, early.driver);
    early.road.open(socket);
    return driver;
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#over("failed");
    this.#reject(error);
  }

  get #isOver(): boolean {
    return this.state === "settled" || this.state === "failed";
  }

  #over(how: "settled" | "failed"): void {
    this.state = how;
    this.#stopWaiting?.();
  }
}

function givenUp(): VatError {
  return new VatError("CLOSED", "the dial was given up");
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function isRefusal(error: unknown): boolean {
  return error instanceof NetError && error.code === "NOT_ADMITTED";
}
