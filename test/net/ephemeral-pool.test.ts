import { describe, expect, it } from "vitest";
import { type Clock } from "../../src/base/index.ts";
import { EphemeralPool, MAX_WAIT_MS } from "../../src/net/ephemeral-pool.ts";
import { DEFAULT_LIMITS } from "../../src/net/index.ts";
import { type Ephemeral } from "../../src/shs/index.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const AHEAD = DEFAULT_LIMITS.pairsAhead;

/** By default the calendar goes as the clock does. */
function poolOn(clock: Clock, epochMs = () => clock.now()) {
  const made: Ephemeral[] = [];
  const pool = new EphemeralPool(clock, epochMs, () => {
    const secret = new Uint8Array(32).fill(1 + (made.length % 255));
    const pair = { publicKey: new Uint8Array(32), secret };
    made.push(pair);
    return pair;
  });
  return { pool, made };
}

const isWiped = ({ secret }: Ephemeral) => secret.every((byte) => byte === 0);

describe("the pool of ephemerals", () => {
  it("makes none before one is taken, and one in its stead when there is time", () => {
    const clock = new VirtualClock();
    const { pool, made } = poolOn(clock);
    clock.advance(1000);
    expect(made.length).toBe(0);
    const first = pool.take(AHEAD); // made on the spot
    expect(made).toEqual([first]);
    clock.advance(1000);
    expect(pool.size).toBe(1);
    expect(pool.take(AHEAD)).toBe(made[1]); // made ahead
    expect(pool.size).toBe(0);
  });

  it("gives no pair twice, and takes none back", () => {
    const clock = new VirtualClock();
    const { pool } = poolOn(clock);
    const taken: Ephemeral[] = [];
    for (let round = 0; round < 50; round += 1) {
      for (let count = 0; count < 1 + (round % 7); count += 1) taken.push(pool.take(AHEAD));
      clock.advance(round % 3 === 0 ? 100 : 0);
    }
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken.some(isWiped)).toBe(false); // they are their takers' to wipe
  });

  it(`never holds more than ${AHEAD}, after a burst of any size`, () => {
    const clock = new VirtualClock();
    const { pool } = poolOn(clock);
    for (let count = 0; count < 1000; count += 1) pool.take(AHEAD);
    for (let step = 0; step < 100; step += 1) {
      clock.advance(20);
      expect(pool.size).toBeLessThanOrEqual(AHEAD);
    }
    expect(pool.size).toBe(AHEAD);
  });

  it("wipes what waited too long, and then makes no more", () => {
    const clock = new VirtualClock();
    const { pool, made } = poolOn(clock);
    for (let count = 0; count < 10; count += 1) pool.take(AHEAD);
    clock.advance(100);
    const waiting = made.slice(10);
    expect(waiting.length).toBe(10);
    clock.advance(MAX_WAIT_MS - 101);
    expect(waiting.some(isWiped)).toBe(false);
    clock.advance(200);
    expect(waiting.every(isWiped)).toBe(true);
    expect(pool.size).toBe(0);
    clock.advance(10 * MAX_WAIT_MS);
    expect(made.length).toBe(20);
  });

  it("gives nothing stale, though the timer has not fired", () => {
    let nowMs = 0;
    const timers: (() => void)[] = [];
    const clock: Clock = {
      now: () => nowMs,
      after: (_delayMs, callback) => {
        timers.push(callback);
        return () => {};
      },
    };
    const { pool, made } = poolOn(clock);
    pool.take(AHEAD);
    nowMs = 20;
    timers[0]?.(); // refills
    expect(pool.size).toBe(1);
    nowMs += MAX_WAIT_MS; // a machine that was frozen
    expect(pool.take(AHEAD)).toBe(made[2]);
    expect(isWiped(made[1]!)).toBe(true);
  });

  it.each([
    ["went on while the clock stood still", MAX_WAIT_MS],
    ["was set back", -1],
  ])("gives nothing by whose making the calendar %s", (_, passedMs) => {
    const clock = new VirtualClock();
    let epochMs = 1_000_000;
    const { pool, made } = poolOn(clock, () => epochMs);
    for (let count = 0; count < 3; count += 1) pool.take(AHEAD);
    clock.advance(100);
    expect(pool.size).toBe(3);
    epochMs += passedMs;
    expect(pool.take(AHEAD)).toBe(made[6]);
    expect(made.slice(3, 6).every(isWiped)).toBe(true);
  });

  it("gives what waited a moment less by both", () => {
    const clock = new VirtualClock();
    let epochMs = 1_000_000;
    const { pool, made } = poolOn(clock, () => epochMs);
    pool.take(AHEAD);
    clock.advance(100);
    epochMs += MAX_WAIT_MS - 1;
    expect(pool.take(AHEAD)).toBe(made[1]);
  });

  it("makes none ahead for whom it should not, and gives them none that were", () => {
    const clock = new VirtualClock();
    const { pool, made } = poolOn(clock);
    expect(pool.take(0)).toBe(made[0]);
    clock.advance(1000);
    expect(pool.size).toBe(0);
    pool.take(AHEAD);
    clock.advance(1000);
    expect(pool.size).toBe(1);
    expect(pool.take(0)).toBe(made[3]);
  });

  it("makes none while the loop is busy", () => {
    let nowMs = 0;
    const timers: (() => void)[] = [];
    const clock: Clock = {
      now: () => nowMs,
      after: (_delayMs, callback) => {
        timers.push(callback);
        return () => {};
      },
    };
    const { pool } = poolOn(clock);
    pool.take(AHEAD);
    nowMs = 30; // 10 ms late
    timers[0]?.();
    expect(pool.size).toBe(0);
    nowMs = 50; // in time
    timers[1]?.();
    expect(pool.size).toBe(1);
  });
});
