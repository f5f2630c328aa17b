/**
 * A table whose ids we choose: the lowest free one first, so that ids stay small on the wire and the
 * table dense. Ids that were freed wait in a binary heap.
 */
export class OwnTable<Id extends number, Entry> {
  readonly #entries: (Entry | undefined)[] = [];
  readonly #free: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Entry | undefined {
    return this.#entries[id];
  }

  /** Takes the lowest free id; the entry must be put there with `set`. */
  claim(): Id {
    this.#size += 1;
    const free = this.#free;
    const lowest = free[0];
    if (lowest === undefined) return (this.#entries.push(undefined) - 1) as Id; // ids are made here
    const last = free.pop();
    if (last !== undefined && free.length > 0) this.#sink(last);
    return lowest as Id; // was handed out here before
  }

  set(id: Id, entry: Entry): void {
    this.#entries[id] = entry;
  }

  /** Takes the entry out. `retire` keeps its id from ever being used again. */
  remove(id: Id, retire = false): void {
    this.#entries[id] = undefined;
    this.#size -= 1;
    if (!retire) this.recycle(id);
  }

  /** Lets a retired id be used again. */
  recycle(id: Id): void {
    const free = this.#free;
    let index = free.push(id) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = free[parent] ?? 0;
      if (above <= id) break;
      free[index] = above;
      index = parent;
    }
    free[index] = id;
  }

  /** Empties the table: the connection is over. */
  takeAll(): Entry[] {
    const entries = [...this.values()];
    this.#entries.length = 0;
    this.#free.length = 0;
    this.#size = 0;
    return entries;
  }

  *values(): IterableIterator<Entry> {
    for (const entry of this.#entries) if (entry !== undefined) yield entry;
  }

  #sink(id: number): void {
    const free = this.#free;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const left = free[child];
      if (left === undefined) break;
      const right = free[child + 1];
      if (right !== undefined && right < left) child += 1;
      const below = free[child] ?? left;
      if (below >= id) break;
      free[index] = below;
      index = child;
    }
    free[index] = id;
  }
}
