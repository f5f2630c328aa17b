import { type IncomingCall, type Servant } from "./hook.ts";

/** A call waiting for its turn at a local object. */
export interface Delivery {
  readonly servant: Servant;
  readonly call: IncomingCall;
}

/**
 * The deliveries of one vat in their order. Every call to a local object, whether it came from a
 * peer or from the vat itself, waits here for a turn of its own, so no object is ever entered while
 * another call into the vat is still on the stack. Whoever owns the event loop drains the queue.
 */
export class TurnQueue {
  readonly #wake: () => void;
  #deliveries: Delivery[] = [];

  /** `wake` is told when the queue stops being empty. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  push(delivery: Delivery): void {
    this.#deliveries.push(delivery);
    if (this.#deliveries.length === 1) this.#wake();
  }

  /** Hands over all that waits; what is pushed meanwhile belongs to the next drain. */
  drain(): readonly Delivery[] {
    const due = this.#deliveries;
    this.#deliveries = [];
    return due;
  }
}
