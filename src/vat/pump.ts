import { type Turn, TurnQueue } from "../rpc/index.ts";
import { type Driver } from "./driver.ts";

/**
 * The heartbeat of a vat: runs to completion all that is due. Inputs raised while it runs, by
 * methods and by what arrives, join the queue behind; when nothing is left, everything that was to
 * be sent has reached its socket.
 *
 *   asleep → due      a delivery or an action came up; a microtask will beat
 *   due → running     turns and actions until neither is left
 *   running → asleep  and at the end of the event-loop turn, `turnEnded` once for all that beat
 */
export class Pump {
  readonly turns = new TurnQueue(() => {
    this.#schedule();
  });
  readonly #endOfTurn: (callback: () => void) => void;
  readonly #failed: (error: unknown) => void;
  readonly #awake = new Set<Driver>();
  readonly #beaten = new Set<Driver>();
  #state: "asleep" | "due" | "running" = "asleep";

  /**
   * `endOfTurn` calls back once, when the event loop has run out of this turn's work; `failed` is
   * told of what should not have been thrown, and must not throw.
   */
  constructor(endOfTurn: (callback: () => void) => void, failed: (error: unknown) => void) {
    this.#endOfTurn = endOfTurn;
    this.#failed = failed;
  }

  wake(driver: Driver): void {
    this.#awake.add(driver);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#state !== "asleep") return;
    this.#state = "due";
    queueMicrotask(this.#beat);
  }

  readonly #beat = (): void => {
    this.#state = "running";
    for (;;) {
      const turns = this.turns.drain();
      if (turns.length === 0 && this.#awake.size === 0) break;
      for (const turn of turns) this.#run(turn);
      for (const driver of this.#awake) {
        this.#awake.delete(driver);
        this.#perform(driver);
        if (this.#beaten.size === 0) this.#endOfTurn(this.#turnEnded);
        this.#beaten.add(driver);
      }
    }
    this.#state = "asleep";
  };

  readonly #turnEnded = (): void => {
    const drivers = [...this.#beaten];
    this.#beaten.clear();
    for (const driver of drivers) driver.turnEnded();
  };

  /** One that fails must not stop the others: the heart goes on beating. */
  #run(turn: Turn): void {
    try {
      turn.run();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** As {@link #run}. */
  #perform(driver: Driver): void {
    try {
      driver.perform();
    } catch (error) {
      this.#failed(error);
    }
  }
}
