import { Revoker } from "../base/index.ts";

/**
 * Who holds what can be taken back, by principal: mint with `of(principal)`, and `revoke` takes back
 * all that the principal was handed until then. Whoever authenticates later starts anew. Principals
 * of several domains may have the same name: put the domain into what they are called here.
 */
export class Revocations {
  readonly #revokers = new Map<string, Revoker>();
  #sweepAt = SWEEP_FROM;

  /** What to mint the principal's references with: ask for it then, do not keep it. */
  of(principal: string): Revoker {
    let revoker = this.#revokers.get(principal);
    if (revoker === undefined) {
      this.#sweep();
      revoker = new Revoker();
      this.#revokers.set(principal, revoker);
    }
    return revoker;
  }

  /** Fails what the principal holds with `REVOKED`; returns how many references that were. */
  revoke(principal: string, why?: string): number {
    const revoker = this.#revokers.get(principal);
    this.#revokers.delete(principal);
    const held = revoker?.held ?? 0;
    revoker?.revoke(why);
    return held;
  }

  /** How many references the principal holds. */
  heldBy(principal: string): number {
    return this.#revokers.get(principal)?.held ?? 0;
  }

  /** Forgets those who hold nothing any more, in lots, so that it costs O(1) on average. */
  #sweep(): void {
    if (this.#revokers.size < this.#sweepAt) return;
    for (const [principal, { held }] of this.#revokers) {
      if (held === 0) this.#revokers.delete(principal);
    }
    this.#sweepAt = Math.max(SWEEP_FROM, 2 * this.#revokers.size);
  }
}

const SWEEP_FROM = 1024;
