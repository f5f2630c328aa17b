import { describe, expect, it } from "vitest";
import { type PeerId } from "../../src/base/index.ts";
import { Gate, type Place } from "../../src/net/gate.ts";
import { DEFAULT_LIMITS, type NetLimits } from "../../src/net/limits.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const KEY = "ed25519:someone" as PeerId;

function gate(limits: Partial<NetLimits> = {}, random: () => number = () => 0.999) {
  const clock = new VirtualClock();
  return { clock, gate: new Gate({ ...DEFAULT_LIMITS, ...limits }, clock, random) };
}

/** Enters, and hangs up when told to. */
function enter(door: Gate, host: string): Place & { hungUp: boolean } {
  const place = tryToEnter(door, host);
  if (typeof place === "string") throw new Error(place);
  return place;
}

function tryToEnter(door: Gate, host: string) {
  const place = door.enter(host, () => {
    if (typeof place === "string") return;
    entered.hungUp = true;
    place.failed(false);
  });
  if (typeof place === "string") return place;
  const entered = { ...place, hungUp: false };
  return entered;
}

describe("the gate", () => {
  it("limits handshakes in flight from one address, and forgets them when they are over", () => {
    const { gate: door } = gate({ maxHandshakesPerAddress: 2 });
    const first = enter(door, "192.0.2.1");
    enter(door, "192.0.2.1");
    expect(tryToEnter(door, "192.0.2.1")).toBe("too many handshakes from there");
    expect(tryToEnter(door, "::ffff:192.0.2.1")).toBe("too many handshakes from there");
    enter(door, "192.0.2.2");
    first.opened(KEY);
    enter(door, "192.0.2.1");
  });

  it("takes a /64 for one address", () => {
    const { gate: door } = gate({ maxHandshakesPerAddress: 1 });
    enter(door, "2001:db8::1");
    expect(tryToEnter(door, "2001:db8:0:0:ffff::2")).toBe("too many handshakes from there");
    enter(door, "2001:db8:0:1::1");
    enter(door, "fe80::1%eth0");
    expect(tryToEnter(door, "fe80::2%eth1")).toBe("too many handshakes from there");
  });

  it("does not count this machine, but the rest of 127/8", () => {
    const { gate: door } = gate({ maxHandshakesPerAddress: 1 });
    for (const host of ["127.0.0.1", "127.0.0.1", "::1", "::1"]) enter(door, host);
    enter(door, "127.0.0.2");
    expect(tryToEnter(door, "127.0.0.2")).toBe("too many handshakes from there");
  });

  it("turns an address away after bad handshakes, for a while", () => {
    const { gate: door, clock } = gate({ badHandshakes: 3, penaltyMs: 1000 });
    for (let count = 0; count < 3; count += 1) enter(door, "192.0.2.1").failed(true);
    expect(tryToEnter(door, "192.0.2.1")).toBe("too many bad handshakes from there");
    enter(door, "192.0.2.2");
    clock.advance(1000);
    enter(door, "192.0.2.1").failed(true);
    enter(door, "192.0.2.1");
  });

  it("forgets bad handshakes for a good one", () => {
    const { gate: door } = gate({ badHandshakes: 2 });
    enter(door, "192.0.2.1").failed(true);
    enter(door, "192.0.2.1").opened(KEY);
    enter(door, "192.0.2.1").failed(true);
    enter(door, "192.0.2.1").failed(true);
    expect(tryToEnter(door, "192.0.2.1")).toBe("too many bad handshakes from there");
  });

  it("holds nothing against a client we merely did not admit", () => {
    const { gate: door } = gate({ badHandshakes: 1 });
    enter(door, "192.0.2.1").failed(false);
    enter(door, "192.0.2.1");
  });

  it("remembers a bounded number of addresses, not those at the door", () => {
    const { gate: door } = gate({ maxTrackedAddresses: 10, maxHandshakesPerAddress: 1 });
    enter(door, "192.0.2.1");
    for (let last = 2; last < 100; last += 1) enter(door, `192.0.2.${last}`).failed(true);
    expect(door.counts.tracked).toBe(10);
    expect(tryToEnter(door, "192.0.2.1")).toBe("too many handshakes from there");
  });

  it("finds one to forget however many are at the door", () => {
    const { gate: door } = gate({ maxTrackedAddresses: 20 });
    const guests = Array.from({ length: 20 }, (_, last) => enter(door, `192.0.2.${last}`));
    guests.at(-1)!.failed(true);
    const newcomers = ["1", "2", "3", "4"].map((last) => enter(door, `198.51.100.${last}`));
    expect(door.counts.tracked).toBe(23); // the one that left is forgotten, though it came last
    for (const place of [...guests.slice(0, -1), ...newcomers]) place.failed(true);
    for (let last = 0; last < 20; last += 1) enter(door, `203.0.113.${last}`).failed(true);
    expect(door.counts.tracked).toBeLessThanOrEqual(23);
  });

  it("lets newcomers push out the silent, not those that spoke", () => {
    const { gate: door } = gate({ maxSilent: 4 }, () => 0);
    const places = ["1", "2", "3"].map((last) => enter(door, `192.0.2.${last}`));
    places[0]!.spoke();
    const newcomers = ["4", "5", "6"].map((last) => enter(door, `192.0.2.${last}`));
    expect(places[0]!.hungUp).toBe(false);
    expect([...places, ...newcomers].filter(({ hungUp }) => hungUp)).toHaveLength(2);
    expect(door.counts.shaking).toBe(4);
  });

  it("is as large as before after many were pushed out", () => {
    const { gate: door } = gate({ maxSilent: 4 }, () => 0.9);
    for (let count = 0; count < 50; count += 1) tryToEnter(door, "192.0.2.1");
    expect(door.counts.shaking).toBe(4);
  });

  it("lets those that speak push out those that went no further, however many are silent", () => {
    const { gate: door } = gate({ maxHandshakes: 2 }, () => 0.4);
    const places = ["1", "2", "3", "4"].map((last) => enter(door, `192.0.2.${last}`));
    expect(places.slice(0, 3).map((place) => place.spoke())).toEqual([true, true, true]);
    expect(places.map(({ hungUp }) => hungUp)).toEqual([true, false, false, false]);
    expect(places[0]!.spoke()).toBe(false);
    expect(door.counts.shaking).toBe(3);
  });

  it("turns an address away for one bad handshake while it is crowded", () => {
    const { gate: door } = gate({ maxSilent: 4 });
    enter(door, "192.0.2.1").failed(true);
    const place = enter(door, "192.0.2.1"); // it is not
    enter(door, "192.0.2.2");
    expect(tryToEnter(door, "192.0.2.1")).toBe("too many bad handshakes from there");
    enter(door, "192.0.2.2");
    place.failed(false);
    enter(door, "192.0.2.3");
  });

  it("limits roads in all and for each key", () => {
    const { gate: door } = gate({ maxConnections: 3, maxRoadsPerKey: 2 });
    const places = ["1", "2"].map((last) => enter(door, `192.0.2.${last}`));
    for (const place of places) {
      expect(door.hasRoomFor(KEY)).toBe(true);
      place.opened(KEY);
    }
    expect(door.hasRoomFor(KEY)).toBe(false);
    enter(door, "192.0.2.3");
    expect(tryToEnter(door, "192.0.2.4")).toBe("too many connections");
    places[0]!.closed();
    expect(door.hasRoomFor(KEY)).toBe(true);
    expect(door.counts.roads).toBe(1);
  });
});
