import { type Clock } from "../base/index.ts";
import { type Ephemeral, generateEphemeral } from "../shs/index.ts";
import { backgroundClock } from "./clock.ts";

/**
 * How long a pair may wait, by both clocks. Ours: a machine that is frozen and thawed twice must not
 * use a pair twice (zero nonces are safe only while ephemerals never repeat), so none waits long.
 * The monotonic clock may stand still meanwhile, which the calendar tells. Neither helps when one
 * snapshot is started twice within this time, or with the calendar of the moment it was taken:
 * whoever runs a vat so sets `limits.net.pairsAhead` to 0.
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
  /** By the calendar. */
  readonly madeAtEpochMs: number;
}

/**
 * Ephemeral pairs made while nothing else was to do. A pair leaves the pool before it is used, never
 * comes back, and is wiped by its handshake, whichever way that ends; one that nobody takes is
 * wiped here. The pool makes as many as were taken lately, so one that nobody uses stays empty.
 */
export class EphemeralPool {
  readonly #clock: Clock;
  readonly #epochMs: () => number;
  readonly #generate: () => Ephemeral;
  /** Oldest first. */
  #waiting: Waiting[] = [];
  #taken = 0;
  #refilling = false;
  #expiring = false;

  /** `epochMs`: the calendar, which goes on while the machine stands still. */
  constructor(clock: Clock, epochMs: () => number, generate = generateEphemeral) {
    this.#clock = clock;
    this.#epochMs = epochMs;
    this.#generate = generate;
  }

  /** Pairs that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /**
   * A pair for one handshake, which is the caller's to wipe. Up to `ahead` are then made in its
   * stead; with 0 it is made on the spot itself.
   */
  take(ahead: number): Ephemeral {
    if (ahead <= 0) return this.#generate();
    this.#taken = Math.max(this.#taken, Math.min(this.#taken + 1, ahead));
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
    const madeAtEpochMs = this.#epochMs();
    for (let made = 0; made < BATCH && this.#waiting.length < this.#taken; made += 1) {
      this.#waiting.push({ pair: this.#generate(), madeAtMs, madeAtEpochMs });
    }
    this.#expireLater();
  }

  #expire(): void {
    const [now, epochMs] = [this.#clock.now(), this.#epochMs()];
    this.#waiting = this.#waiting.filter(({ pair, madeAtMs, madeAtEpochMs }) => {
      const fresh = mayWait(now - madeAtMs) && mayWait(epochMs - madeAtEpochMs);
      if (!fresh) pair.secret.fill(0);
      return fresh;
    });
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

/** Below 0 a clock was set back: nobody knows how long it was. */
function mayWait(waitedMs: number): boolean {
  return waitedMs >= 0 && waitedMs < MAX_WAIT_MS;
}

const pool = new EphemeralPool(backgroundClock, Date.now);

/** Where the pairs of handshakes come from; `ahead` as `NetLimits.pairsAhead`. */
export function ephemeralsOf(ahead: number): () => Ephemeral {
  return () => pool.take(ahead);
}
