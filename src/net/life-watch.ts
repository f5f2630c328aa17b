import { type Clock } from "../base/index.ts";
import { type Sealer } from "../shs/index.ts";
import { NetError } from "./error.ts";
import { type NetLimits } from "./limits.ts";

export interface LifeEvents {
  /** Show life now. */
  ping(): void;
  /** The peer shows none, or nothing moves. */
  dead(error: NetError): void;
}

/**
 * Watches over one road: shows life when it is quiet, and gives up on a peer that is silent, that
 * stops in the middle of a record, or that takes nothing off us. One timer, set for whichever is
 * due first; what happens in between only moves the marks.
 */
export class LifeWatch {
  readonly #clock: Clock;
  readonly #limits: NetLimits;
  readonly #showsLife: Sealer["showsLife"];
  readonly #events: LifeEvents;
  #heardAtMs: number;
  #sentAtMs: number;
  /** Since when a record is half there. */
  #halfSinceMs: number | undefined;
  /** Since when nothing of what is unsent has moved. */
  #stuckSinceMs: number | undefined;
  #pingedAtMs = -Infinity;
  #listening = false;
  #stopped = false;
  #timer: { readonly dueAtMs: number; readonly cancel: () => void } | undefined;

  constructor(clock: Clock, limits: NetLimits, showsLife: Sealer["showsLife"], events: LifeEvents) {
    this.#clock = clock;
    this.#limits = limits;
    this.#showsLife = showsLife;
    this.#events = events;
    this.#heardAtMs = this.#sentAtMs = clock.now();
    this.#arm();
  }

  /** Bytes came; they completed a record or not, and left one half there or not. */
  heard(completed: boolean, half: boolean): void {
    this.#heardAtMs = this.#clock.now();
    if (!half) this.#halfSinceMs = undefined;
    else if (completed || this.#halfSinceMs === undefined) {
      this.#halfSinceMs = this.#heardAtMs;
      this.#arm();
    }
  }

  /** We read, or we do not: then the peer's silence is our own doing. */
  listens(listening: boolean): void {
    if (this.#listening === listening) return;
    this.#listening = listening;
    this.#heardAtMs = this.#clock.now();
    if (this.#halfSinceMs !== undefined) this.#halfSinceMs = this.#heardAtMs;
    this.#arm();
  }

  /** Bytes were handed to the system, or it took some; `unsent` says whether some still wait. */
  moved(unsent: boolean): void {
    this.#sentAtMs = this.#clock.now();
    this.#stuckSinceMs = unsent ? this.#sentAtMs : undefined;
    if (unsent) this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#stopped = true;
  }

  /** When what is due; `Infinity` for never. */
  #due() {
    const { recordMs, writeMs, idleMs, keepaliveMs } = this.#limits;
    const quietSinceMs = Math.min(this.#heardAtMs, this.#sentAtMs);
    const never = Infinity;
    return {
      half: this.#listening ? (this.#halfSinceMs ?? never) + recordMs : never,
      stuck: (this.#stuckSinceMs ?? never) + writeMs,
      idle: this.#listening && this.#showsLife === "answered" ? this.#heardAtMs + idleMs : never,
      ping:
        this.#showsLife === "none" || this.#stuckSinceMs !== undefined
          ? never
          : Math.max(quietSinceMs, this.#pingedAtMs) + keepaliveMs,
    };
  }

  #arm(): void {
    if (this.#stopped) return;
    const { half, stuck, idle, ping } = this.#due();
    const dueAtMs = Math.min(half, stuck, idle, ping);
    if (dueAtMs === Infinity || (this.#timer !== undefined && this.#timer.dueAtMs <= dueAtMs))
      return;
    this.#timer?.cancel();
    const delayMs = Math.max(0, dueAtMs - this.#clock.now());
    this.#timer = { dueAtMs, cancel: this.#clock.after(delayMs, this.#fired) };
  }

  readonly #fired = (): void => {
    this.#timer = undefined;
    const { half, stuck, idle, ping } = this.#due();
    const now = this.#clock.now();
    const events = this.#events;
    if (half <= now) {
      events.dead(new NetError("STALLED", "the peer stopped in the middle of a record"));
    } else if (stuck <= now) {
      events.dead(new NetError("WRITE_TIMEOUT", "the peer takes nothing off us"));
    } else if (idle <= now) {
      events.dead(new NetError("IDLE_TIMEOUT", "the peer shows no life"));
    } else if (ping <= now) {
      this.#pingedAtMs = now;
      events.ping();
    }
    this.#arm();
  };
}
