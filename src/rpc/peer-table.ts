/**
 * A table whose ids the peer chooses. Peers reuse the lowest, so those lie in an array; a peer that
 * chooses others is served by a map. For a map that is added to and deleted from all the time is
 * made anew again and again, and the old ones, once the collector has taken them for old, keep
 * alive what was in them.
 */
export class PeerTable<Entry> {
  /** By id, below `LOW_IDS`. */
  readonly #low: (Entry | undefined)[] = [];
  readonly #high = new Map<number, Entry>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Entry | undefined {
    return id < LOW_IDS ? this.#low[id] : this.#high.get(id);
  }

  /** The id must be free. */
  add(id: number, entry: Entry): void {
    this.#size += 1;
    if (id < LOW_IDS) {
      while (this.#low.length < id) this.#low.push(undefined);
      this.#low[id] = entry;
    } else {
      this.#high.set(id, entry);
    }
  }

  /** Does nothing for an id that is free, as all are once the connection is over. */
  remove(id: number): void {
    if (this.get(id) === undefined) return;
    this.#size -= 1;
    if (id < LOW_IDS) this.#low[id] = undefined;
    else this.#high.delete(id);
  }

  /** Empties the table: the connection is over. */
  takeAll(): Entry[] {
    const entries = [...this.values()];
    this.#low.length = 0;
    this.#high.clear();
    this.#size = 0;
    return entries;
  }

  *values(): IterableIterator<Entry> {
    for (const entry of this.#low) if (entry !== undefined) yield entry;
    yield* this.#high.values();
  }
}

/** A peer that takes the last of them first costs 16 KiB. Ours. */
const LOW_IDS = 2048;
