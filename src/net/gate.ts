import { isIPv6 } from "node:net";
import { type Clock, type PeerId } from "../base/index.ts";
import { type NetLimits } from "./limits.ts";
import { type Random } from "./random.ts";
import { unmapped } from "./road-peer.ts";

/** One connection's place, from TCP's accept to its end. Each method is called at most once. */
export interface Place {
  /**
   * This client is of our network, and is not dropped for a newcomer; `false` when too many
   * handshakes are under way.
   */
  spoke(): boolean;
  /** The handshake came to nothing; `bad` when that was the client's doing. */
  failed(bad: boolean): void;
  /** The handshake is done. */
  opened(id: PeerId): void;
  /** The road is gone. */
  closed(): void;
}

/** Those at the door who come from one address. */
interface Visitors {
  count: number;
  /** Bad handshakes since `sinceMs`. */
  bad: number;
  sinceMs: number;
}

/** One that has not spoken. */
interface Silent {
  readonly hangUp: () => void;
  /** Where it stands in the list of the silent; `undefined` once it is told to hang up. */
  index: number | undefined;
}

/**
 * Counts who is at the door. The silent and the handshakes under way are limited in all and for
 * each address, where an IPv6 network of /64 is one address; a client whose handshakes keep failing
 * is turned away for a while; roads are limited in all and for each key. Silent ones cost little
 * and may wait. When they crowd the door, newcomers push them out at random, the likelier the
 * fuller it is, for an honest client is silent for one round trip only; and one bad handshake is
 * then enough to be turned away.
 */
export class Gate {
  readonly #limits: NetLimits;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #exempt: (host: string) => boolean;
  readonly #visitors = new Map<string, Visitors>();
  readonly #roadsOfKey = new Map<PeerId, number>();
  /** In no order. */
  readonly #silent: Silent[] = [];
  #shaking = 0;
  /** Silent ones told to hang up and not gone yet. */
  #leaving = 0;
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

  /** Connections without a road yet, open roads, and addresses remembered. */
  get counts(): { readonly shaking: number; readonly roads: number; readonly tracked: number } {
    const shaking = this.#silent.length + this.#leaving + this.#shaking;
    return { shaking, roads: this.#roads, tracked: this.#visitors.size };
  }

  /** A place for a newcomer, or why there is none. `hangUp` takes the place back. */
  enter(host: string | undefined, hangUp: () => void): Place | Turned {
    const { shaking, roads } = this.counts;
    if (roads + shaking >= this.#limits.maxConnections) return "too many connections";
    const counted = host !== undefined && !this.#exempt(unmapped(host));
    const visitors = counted ? this.#visitorsFrom(prefixOf(unmapped(host))) : undefined;
    if (visitors !== undefined) {
      if (this.#isPenalised(visitors)) return "too many bad handshakes from there";
      if (visitors.count >= this.#limits.maxHandshakesPerAddress) {
        return "too many handshakes from there";
      }
    }
    if (!this.#makeRoom()) return "too many handshakes";
    return this.#place(visitors, hangUp);
  }

  /** Whether one more road to this key may open. */
  hasRoomFor(id: PeerId): boolean {
    return (this.#roadsOfKey.get(id) ?? 0) < this.#limits.maxRoadsPerKey;
  }

  #place(visitors: Visitors | undefined, hangUp: () => void): Place {
    const silent: Silent = { hangUp, index: this.#silent.length };
    this.#silent.push(silent);
    if (visitors !== undefined) visitors.count += 1;
    let hasSpoken = false;
    let road: PeerId | undefined;
    const leave = () => {
      if (hasSpoken) this.#shaking -= 1;
      else if (silent.index === undefined) this.#leaving -= 1;
      else this.#forget(silent);
      if (visitors !== undefined) visitors.count -= 1;
    };
    return {
      spoke: () => {
        if (silent.index === undefined || this.#shaking >= this.#limits.maxHandshakes) return false;
        this.#forget(silent);
        this.#shaking += 1;
        return (hasSpoken = true);
      },
      failed: (bad) => {
        const pushedOut = !hasSpoken && silent.index === undefined;
        leave();
        if (bad && !pushedOut && visitors !== undefined) this.#penalise(visitors);
      },
      opened: (id) => {
        leave();
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

  /** From 0 at half of what may be silent to 1 at all of it; negative below. */
  get #crowding(): number {
    const half = this.#limits.maxSilent / 2;
    return (this.#silent.length - half) / half;
  }

  /** Random early drop. */
  #makeRoom(): boolean {
    const crowding = this.#crowding;
    if (crowding < 0) return true;
    const victim = this.#silent[Math.floor(this.#random() * this.#silent.length)];
    if (victim !== undefined && this.#random() < crowding) {
      this.#forget(victim);
      victim.index = undefined;
      this.#leaving += 1;
      victim.hangUp();
    }
    return this.#silent.length < this.#limits.maxSilent;
  }

  #forget({ index }: Silent): void {
    if (index === undefined) return;
    const last = this.#silent.pop();
    if (last === undefined || index === this.#silent.length) return;
    this.#silent[index] = last;
    last.index = index;
  }

  #visitorsFrom(prefix: string): Visitors {
    const known = this.#visitors.get(prefix);
    if (known !== undefined) return known;
    if (this.#visitors.size >= this.#limits.maxTrackedAddresses) this.#forgetOne();
    const visitors = { count: 0, bad: 0, sinceMs: this.#clock.now() };
    this.#visitors.set(prefix, visitors);
    return visitors;
  }

  /** The one known longest that is not at the door now. */
  #forgetOne(): void {
    for (const [prefix, { count }] of this.#visitors) {
      if (count > 0) continue;
      this.#visitors.delete(prefix);
      return;
    }
  }

  #penalise(visitors: Visitors): void {
    const now = this.#clock.now();
    if (now - visitors.sinceMs >= this.#limits.penaltyMs) visitors.bad = 0;
    visitors.bad += 1;
    visitors.sinceMs = now;
  }

  #isPenalised({ bad, sinceMs }: Visitors): boolean {
    const { badHandshakes, penaltyMs } = this.#limits;
    const enough = this.#crowding < 0 ? badHandshakes : 1;
    return bad >= enough && this.#clock.now() - sinceMs < penaltyMs;
  }
}

/** Why a newcomer finds no place. */
export type Turned =
  | "too many connections"
  | "too many handshakes"
  | "too many handshakes from there"
  | "too many bad handshakes from there";

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
