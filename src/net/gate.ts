import { isIPv6 } from "node:net";
import { type Clock, type PeerId } from "../base/index.ts";
import { type NetLimits } from "./limits.ts";
import { type Random } from "./random.ts";
import { unmapped } from "./road-peer.ts";

/** One connection's place, from TCP's accept to its end. Each method is called at most once. */
export interface Place {
  /** The first message passed: this client is of our network, and is not dropped for a newcomer. */
  spoke(): void;
  /** The handshake came to nothing; `bad` when that was the client's doing. */
  failed(bad: boolean): void;
  /** The handshake is done. */
  opened(id: PeerId): void;
  /** The road is gone. */
  closed(): void;
}

interface Record {
  /** Bad handshakes since `sinceMs`. */
  bad: number;
  sinceMs: number;
  shaking: number;
}

/**
 * Counts who is at the door. Handshakes in flight are limited in all and for each address, where an
 * IPv6 network of /64 is one address; a client whose handshakes keep failing is turned away for a
 * while; roads are limited in all and for each key. When handshakes pile up, newcomers push out, at
 * random and the likelier the fuller it is, those that have not said a word: an honest client is
 * silent for one round trip only.
 */
export class Gate {
  readonly #limits: NetLimits;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #exempt: (host: string) => boolean;
  readonly #records = new Map<string, Record>();
  readonly #roadsOfKey = new Map<PeerId, number>();
  /** Hang up on a client that has not spoken yet; in no order. */
  readonly #silent: Silent[] = [];
  #shaking = 0;
  /** Of those, told to hang up and not gone yet. */
  #dropped = 0;
  #roads = 0;

  constructor(
    limits: NetLimits,
    clock: Clock,
    random: Random,
    exempt: (host: string) => boolean = isThisMachine,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#random = random;
    this.#exempt = exempt;
  }

  /** Handshakes in flight and open roads. */
  get counts(): { readonly shaking: number; readonly roads: number; readonly tracked: number } {
    return { shaking: this.#shaking, roads: this.#roads, tracked: this.#records.size };
  }

  /** A place for a newcomer, or why there is none. `hangUp` takes the place back. */
  enter(host: string | undefined, hangUp: () => void): Place | Turned {
    if (this.#roads + this.#shaking >= this.#limits.maxConnections) return "too many connections";
    const counted = host !== undefined && !this.#exempt(unmapped(host));
    const record = counted ? this.#recordOf(prefixOf(unmapped(host))) : undefined;
    if (record !== undefined) {
      if (this.#isPenalised(record)) return "too many bad handshakes from there";
      if (record.shaking >= this.#limits.maxHandshakesPerAddress) {
        return "too many handshakes from there";
      }
    }
    if (!this.#makeRoom()) return "too many handshakes";
    return this.#place(record, hangUp);
  }

  /** Whether one more road to this key may open. */
  hasRoomFor(id: PeerId): boolean {
    return (this.#roadsOfKey.get(id) ?? 0) < this.#limits.maxRoadsPerKey;
  }

  #place(record: Record | undefined, hangUp: () => void): Place {
    const silent: Silent = { hangUp, index: this.#silent.length, dropped: false };
    this.#silent.push(silent);
    this.#shaking += 1;
    if (record !== undefined) record.shaking += 1;
    let road: PeerId | undefined;
    const shaken = () => {
      this.#forgetSilent(silent);
      if (silent.dropped) this.#dropped -= 1;
      this.#shaking -= 1;
      if (record !== undefined) record.shaking -= 1;
    };
    return {
      spoke: () => {
        this.#forgetSilent(silent);
      },
      failed: (bad) => {
        shaken();
        if (bad && !silent.dropped && record !== undefined) this.#penalise(record);
      },
      opened: (id) => {
        shaken();
        road = id;
        this.#roads += 1;
        this.#roadsOfKey.set(id, (this.#roadsOfKey.get(id) ?? 0) + 1);
      },
      closed: () => {
        if (road === undefined) return;
        this.#roads -= 1;
        const left = (this.#roadsOfKey.get(road) ?? 1) - 1;
        if (left > 0) this.#roadsOfKey.set(road, left);
        else this.#roadsOfKey.delete(road);
      },
    };
  }

  /** Random early drop, from half of what may be in flight on. */
  #makeRoom(): boolean {
    const { maxHandshakes } = this.#limits;
    const crowding = (this.#shaking - maxHandshakes / 2) / (maxHandshakes / 2);
    if (crowding < 0) return true;
    const victim = this.#silent[Math.floor(this.#random() * this.#silent.length)];
    if (victim !== undefined && this.#random() < crowding) {
      this.#forgetSilent(victim);
      victim.dropped = true;
      this.#dropped += 1;
      victim.hangUp();
    }
    return this.#shaking - this.#dropped < maxHandshakes;
  }

  #forgetSilent(silent: Silent): void {
    const { index } = silent;
    if (this.#silent[index] !== silent) return;
    const last = this.#silent.pop();
    if (last === undefined || last === silent) return;
    this.#silent[index] = last;
    last.index = index;
  }

  #recordOf(prefix: string): Record {
    const known = this.#records.get(prefix);
    if (known !== undefined) return known;
    if (this.#records.size >= this.#limits.maxTrackedAddresses) this.#forgetOne();
    const record = { bad: 0, sinceMs: this.#clock.now(), shaking: 0 };
    this.#records.set(prefix, record);
    return record;
  }

  /** The one known longest that is not at the door now. */
  #forgetOne(): void {
    for (const [prefix, record] of this.#records) {
      if (record.shaking > 0) continue;
      this.#records.delete(prefix);
      return;
    }
  }

  #penalise(record: Record): void {
    const now = this.#clock.now();
    if (now - record.sinceMs >= this.#limits.penaltyMs) record.bad = 0;
    record.bad += 1;
    record.sinceMs = now;
  }

  #isPenalised(record: Record): boolean {
    const { badHandshakes, penaltyMs } = this.#limits;
    return record.bad >= badHandshakes && this.#clock.now() - record.sinceMs < penaltyMs;
  }
}

/** Why a newcomer finds no place. */
export type Turned =
  | "too many connections"
  | "too many handshakes"
  | "too many handshakes from there"
  | "too many bad handshakes from there";

interface Silent {
  readonly hangUp: () => void;
  /** Where it stands in the list of the silent. */
  index: number;
  dropped: boolean;
}

/** Programs on this machine; other addresses of 127/8 are counted like any other. */
function isThisMachine(host: string): boolean {
  return host === "127.0.0.1" || host === "::1";
}

/** What counts as one address: all of an IPv4 address, the /64 of an IPv6 address. */
function prefixOf(host: string): string {
  if (!isIPv6(host)) return host;
  const [address = host] = host.split("%");
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  while (tail !== undefined && groups.length + after.length < 8) groups.push("0");
  return [...groups, ...after].slice(0, 4).join(":");
}
