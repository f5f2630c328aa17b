import { type Clock } from "../base/index.ts";
import { type Ephemeral, generateEphemeral } from "../shs/index.ts";
import { backgroundClock } from "./clock.ts";

/** Pairs made ahead. Ours: a burst of as many handshakes as one address may have in flight. */
export const MAX_AHEAD = 64;

/**
 * How long a pair may wait. Ours: a machine that is frozen and thawed twice must not use a pair
 * twice (zero nonces are safe only while ephemerals never repeat), so none waits long.
 */
export const MAX_WAIT_MS = 60_000;

/** From a pair that was taken to those made in its stead: after the handshake that took it. */
const REFILL_MS = 20;

/** A timer that fires later than this says that the loop is busy. */
const IDLE_LATE_MS = 2;

/** Pairs made in one go: well below a millisecond. */
const BATCH = 8;

interface Waiting {
  readonly pair: Ephemeral;
  readonly madeAtMs: number;
}

/**
 * Ephemeral pairs made while nothing else was to do. A pair leaves the pool before it is used, never
 * comes back, and is wiped by its handshake, whichever way that ends; one that nobody takes is
 * wiped here. The pool makes as many as were taken lately, so one that nobody uses stays empty.
 */
export class EphemeralPool {
  readonly #clock: Clock;
  readonly #generate: () => Ephemeral;
  /** Oldest first. */
  #waiting: Waiting[] = [];
  #taken = 0;
  #refilling = false;
  #expiring = false;

  constructor(clock: Clock, generate = generateEphemeral) {
    this.#clock = clock;
    this.#generate = generate;
  }

  /** Pairs that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** A pair for one handshake, which is the caller's to wipe. */
  take(): Ephemeral {
    this.#taken = Math.min(this.#taken + 1, MAX_AHEAD);
    this.#refillSoon();
    this.#expire(); // a timer may be late, above all on a machine that was frozen
    return this.#waiting.shift()?.pair ?? this.#generate();
  }

  #refillSoon(): void {
    if (this.#refilling) return;
    this.#refilling = true;
    const dueAtMs = this.#clock.now() + REFILL_MS;
    this.#clock.after(REFILL_MS, () => {
      this.#refilling = false;
      if (this.#clock.now() - dueAtMs <= IDLE_LATE_MS) this.#refill();
      if (this.#waiting.length < this.#taken) this.#refillSoon();
      else this.#taken = 0;
    });
  }

  #refill(): void {
    const madeAtMs = this.#clock.now();
    for (let made = 0; made < BATCH && this.#waiting.length < this.#taken; made += 1) {
      this.#waiting.push({ pair: this.#generate(), madeAtMs });
    }
    this.#expireLater();
  }

  #expire(): void {
    const now = this.#clock.now();
    const fresh = this.#waiting.findIndex(({ madeAtMs }) => now - madeAtMs < MAX_WAIT_MS);
    const stale = this.#waiting.splice(0, fresh < 0 ? this.#waiting.length : fresh);
    for (const { pair } of stale) pair.secret.fill(0);
  }

  #expireLater(): void {
    const [oldest] = this.#waiting;
    if (this.#expiring || oldest === undefined) return;
    this.#expiring = true;
    this.#clock.after(oldest.madeAtMs + MAX_WAIT_MS - this.#clock.now(), () => {
      this.#expiring = false;
      this.#expire();
      this.#expireLater();
    });
  }
}

const pool = new EphemeralPool(backgroundClock);

/** A pair for one handshake, made ahead when there was time. */
export function takeEphemeral(): Ephemeral {
  return pool.take();
}
