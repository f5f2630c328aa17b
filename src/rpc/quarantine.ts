/**
 * Export ids that Return.releaseParamCaps freed. capnp-ts sets that flag and later releases the same
 * references once more; were the id in use again by then, the Release would hit a stranger. So these
 * ids rest here, and once a peer was seen to do it, they are never used again on its connection.
 * In between it goes on calling what it has given back.
 */
export class Quarantine<Id extends number> {
  readonly #recycle: (id: Id) => void;
  readonly #resting = new Set<number>();
  #releasesTwice = false;

  constructor(recycle: (id: Id) => void) {
    this.#recycle = recycle;
  }

  add(id: Id): void {
    if (this.#releasesTwice) return;
    this.#resting.add(id);
    if (this.#resting.size <= MAX_RESTING) return;
    for (const oldest of this.#resting) {
      this.#resting.delete(oldest);
      this.#recycle(oldest as Id); // was added here
      return;
    }
  }

  /** Whether an id that is not in use may be one that the peer gave back and goes on using. */
  mayKnow(id: number): boolean {
    return this.#releasesTwice || this.#resting.has(id);
  }

  /** A Release came for an id that is not in use. */
  releasedAgain(id: number): void {
    if (!this.#resting.has(id)) return;
    this.#releasesTwice = true;
    this.#resting.clear();
  }
}

/** Ids at rest on one connection; our choice: longer than a peer should sit on a Release. */
const MAX_RESTING = 4096;
