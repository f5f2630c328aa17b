/** Something that waits for a turn of its own: a call at a local object. */
export interface Turn {
  /** Must not throw. */
  run(): void;
}

/**
 * The turns of one vat in their order. Every call to a local object, whether it came from a peer or
 * from the vat itself, waits here, so no object is ever entered while another call into the vat is
 * still on the stack. Whoever owns the event loop drains the queue.
 */
export class TurnQueue {
  readonly #wake: () => void;
  #waiting: Turn[] = [];
  /** What the floors above keep for this vat: they find it wherever they have a hook. */
  owner: object | undefined;

  /** `wake` is told when the queue stops being empty. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  push(turn: Turn): void {
    this.#waiting.push(turn);
    if (this.#waiting.length === 1) this.#wake();
  }

  /** Hands over all that waits; what is pushed meanwhile belongs to the next drain. */
  drain(): readonly Turn[] {
    const due = this.#waiting;
    this.#waiting = [];
    return due;
  }
}
