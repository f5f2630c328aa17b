import { realClock } from "../net/index.ts";
import { type Terminal } from "./terminal.ts";

const WINDOW_MS = 10_000;
const MAX_IN_WINDOW = 20; // ours: as much as a person reads

/** Tells a terminal of what went wrong, but no more of it than can be read: a peer may cause it. */
export class IncidentLog {
  readonly #terminal: Terminal;
  #sinceMs = -Infinity;
  #told = 0;
  #untold = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  add(error: unknown, from: string): void {
    const nowMs = realClock.now();
    if (nowMs - this.#sinceMs >= WINDOW_MS) {
      this.end();
      this.#sinceMs = nowMs;
      this.#told = 0;
    }
    this.#told += 1;
    if (this.#told <= MAX_IN_WINDOW) this.#terminal.incident(error, from);
    else this.#untold += 1;
  }

  /** Says how many were left out. */
  end(): void {
    if (this.#untold > 0) this.#terminal.note(`and ${this.#untold} more warnings`);
    this.#untold = 0;
  }
}
