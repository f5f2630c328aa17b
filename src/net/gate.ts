import { isIPv6 } from "node:net";
import { type Clock, type PeerId } from "../base/index.ts";
import { Crowd } from "./crowd.ts";
import { type NetLimits } from "./limits.ts";
import { type Random } from "./random.ts";
import { unmapped } from "./road-peer.ts";

/** One connection's place, from TCP's accept to its end. Each method is called at most once. */
export interface Place {
  /** This client is of our network, and its handshake begins; `false` when it was pushed out. */
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

/**
 * Counts who is at the door. The silent and the handshakes under way are limited in all and for
 * each address, where an IPv6 network of /64 is one address; a client whose handshakes keep failing
 * is turned away for a while; roads are limited in all and for each key. Whoever waits too long while
 * the door is crowded is likely to be pushed out by a newcomer; and one bad handshake is then enough
 * to be turned away.
 */
export class Gate {
  readonly #limits: NetLimits;
  readonly #clock: Clock;
  readonly #exempt: (host: string) => boolean;
  readonly #visitors = new Map<string, Visitors>();
  readonly #roadsOfKey = new Map<PeerId, number>();
  readonly #silent: Crowd;
  readonly #shaking: Crowd;
  /** Those without a road, with those who were pushed out and are not gone yet. */
  #waiting = 0;
  #roads = 0;

  constructor(
    limits: NetLimits,
    clock: Clock,
    random: Random,
    exempt: (host: string) => boolean = isThisMachine,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#silent = new Crowd(limits.maxSilent, random);
    this.#shaking = new Crowd(limits.maxHandshakes, random);
    this.#exempt = exempt;
  }

  /** Connections without a road yet, open roads, and addresses remembered. */
  get counts(): { readonly shaking: number; readonly roads: number; readonly tracked: number } {
    return { shaking: this.#waiting, roads: this.#roads, tracked: this.#visitors.size };
  }

  /** A place for a newcomer, or why there is none. `hangUp` takes the place back. */
  enter(host: string | undefined, hangUp: () => void): Place | Turned {
    if (this.#roads + this.#waiting >= this.#limits.maxConnections) return "too many connections";
    const counted = host !== undefined && !this.#exempt(unmapped(host));
    const visitors = counted ? this.#visitorsFrom(prefixOf(unmapped(host))) : undefined;
    if (visitors !== undefined) {
      if (this.#isPenalised(visitors)) return "too many bad handshakes from there";
      if (visitors.count >= this.#limits.maxHandshakesPerAddress) {
        return "too many handshakes from there";
      }
    }
    return this.#place(visitors, hangUp);
  }

  /** Whether one more road to this key may open. */
  hasRoomFor(id: PeerId): boolean {
    return (this.#roadsOfKey.get(id) ?? 0) < this.#limits.maxRoadsPerKey;
  }

  #place(visitors: Visitors | undefined, hangUp: () => void): Place {
    let crowd = this.#silent;
    let member = crowd.join(hangUp);
    this.#waiting += 1;
    if (visitors !== undefined) visitors.count += 1;
    let road: PeerId | undefined;
    const leave = () => {
      crowd.leave(member);
      this.#waiting -= 1;
      if (visitors !== undefined) visitors.count -= 1;
    };
    return {
      spoke: () => {
        if (member.index === undefined) return false;
        crowd.leave(member);
        crowd = this.#shaking;
        member = crowd.join(hangUp);
        return true;
      },
      failed: (bad) => {
        const pushedOut = member.index === undefined;
        leave();
        if (bad && !pushedOut && visitors !== undefined) this.#penalise(visitors);
      },
      opened: (id) => {
        leave();
        if (visitors !== undefined) visitors.bad = 0;
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

  #visitorsFrom(prefix: string): Visitors {
    const known = this.#visitors.get(prefix);
    if (known !== undefined) return known;
    if (this.#visitors.size >= this.#limits.maxTrackedAddresses) this.#forgetOne();
    const visitors = { count: 0, bad: 0, sinceMs: this.#clock.now() };
    this.#visitors.set(prefix, visitors);
    return visitors;
  }

  /**
   * One that is not at the door now, as far as one is found soon: those who are go to the end of the
   * line, so that a crowd of addresses is not searched from its beginning for each newcomer.
   */
  #forgetOne(): void {
    let tries = 0;
    for (const [prefix, visitors] of this.#visitors) {
      this.#visitors.delete(prefix);
      if (visitors.count === 0) return;
      this.#visitors.set(prefix, visitors);
      if (++tries === MOST_TRIES) return;
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
    const crowded = this.#silent.crowding >= 0 || this.#shaking.crowding >= 0;
    const enough = crowded ? 1 : badHandshakes;
    return bad >= enough && this.#clock.now() - sinceMs < penaltyMs;
  }
}

/** Addresses looked at to forget one; more are remembered while all of those are at the door. */
const MOST_TRIES = 8;

/** Why a newcomer finds no place. */
export type Turned =
  "too many connections" | "too many handshakes from there" | "too many bad handshakes from there";

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
