/**
 * Takes back, at once, every reference that was minted with it.
 *
 *   good      `revoke`: revoked
 *   revoked   whatever is minted with it now is revoked from the beginning
 */
export class Revoker {
  readonly #cuts = new Set<(why: string) => void>();
  #why: string | undefined;

  /** How many references it would take back. */
  get held(): number {
    return this.#cuts.size;
  }

  get revoked(): boolean {
    return this.#why !== undefined;
  }

  /** Calls under way and later fail with `REVOKED` and this reason, which the peer reads. */
  revoke(why = "this reference was revoked"): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    const cuts = [...this.#cuts];
    this.#cuts.clear();
    for (const cut of cuts) cut(why);
  }

  /** Calls back once it is revoked, at once when it is; the function returned takes that back. */
  onRevoked(cut: (why: string) => void): () => void {
    if (this.#why !== undefined) {
      cut(this.#why);
      return () => {};
    }
    this.#cuts.add(cut);
    return () => this.#cuts.delete(cut);
  }
}
