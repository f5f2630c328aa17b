import { Revoker } from "../base/index.ts";

/**
 * Whose references are taken back: a principal of a domain, such as an `AuthContext`, or a name of
 * your own choice, which is nobody else's whatever the principals are called.
 */
export type Holder = string | { readonly domain: string | null; readonly principal: string };

/**
 * Who holds what can be taken back: mint with `of(auth)`, and `revoke` takes back all that its
 * principal was handed until then. Whoever authenticates later starts anew.
 */
export class Revocations {
  readonly #revokers = new Map<string, Revoker>();
  #sweepAt = SWEEP_FROM;

  /** What to mint the holder's references with: ask for it then, do not keep it. */
  of(holder: Holder): Revoker {
    const key = keyOf(holder);
    let revoker = this.#revokers.get(key);
    if (revoker === undefined) {
      this.#sweep();
      revoker = new Revoker();
      this.#revokers.set(key, revoker);
    }
    return revoker;
  }

  /** Fails what the holder has with `REVOKED`; returns how many references that were. */
  revoke(holder: Holder, why?: string): number {
    const key = keyOf(holder);
    const revoker = this.#revokers.get(key);
    this.#revokers.delete(key);
    const held = revoker?.held ?? 0;
    revoker?.revoke(why);
    return held;
  }

  /** How many references the holder has. */
  heldBy(holder: Holder): number {
    return this.#revokers.get(keyOf(holder))?.held ?? 0;
  }

  /** Forgets those who hold nothing any more, in lots, so that it costs O(1) on average. */
  #sweep(): void {
    if (this.#revokers.size < this.#sweepAt) return;
    for (const [key, { held }] of this.#revokers) {
      if (held === 0) this.#revokers.delete(key);
    }
    this.#sweepAt = Math.max(SWEEP_FROM, 2 * this.#revokers.size);
  }
}

function keyOf(holder: Holder): string {
  if (typeof holder === "string") return JSON.stringify(holder);
  return JSON.stringify([holder.domain, holder.principal]);
}

const SWEEP_FROM = 1024;
