/**
 * Bytes that arrived or wait to leave, first in, first out. Chunks are kept as they came; they are
 * copied only when a taken stretch spans two of them.
 */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  /** Chunks before this index are spent. */
  #head = 0;
  /** Spent bytes of the first chunk. */
  #offset = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The queue keeps the chunk itself: its bytes must not change afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** Removes and returns the first `length` bytes: a view where possible, else a copy. */
  take(length: number): Uint8Array {
    const view = this.takeView(length);
    if (view !== undefined) return view;
    const whole = new Uint8Array(length);
    this.copyInto(whole, 0, length);
    return whole;
  }

  /** Removes and returns the first `length` bytes if they lie in one chunk: never a copy. */
  takeView(length: number): Uint8Array | undefined {
    const first = this.#chunks[this.#head];
    if (first === undefined || this.#offset + length > first.length) return undefined;
    const view = first.subarray(this.#offset, this.#offset + length);
    this.#skip(first, length);
    return view;
  }

  /** Removes and returns the first `length` bytes: a view where possible, else written to `room`. */
  takeOrCopy(length: number, room: Uint8Array): Uint8Array {
    const view = this.takeView(length);
    if (view !== undefined) return view;
    this.copyInto(room, 0, length);
    return room;
  }

  /** Removes and returns what the first chunk still holds, but at most `maxBytes`: never a copy. */
  takeSome(maxBytes: number): Uint8Array {
    const first = this.#chunks[this.#head];
    if (first === undefined) return EMPTY;
    return this.take(Math.min(first.length - this.#offset, maxBytes));
  }

  /** Removes the first `length` bytes and writes them to `target` from `at` on. */
  copyInto(target: Uint8Array, at: number, length: number): void {
    if (length > this.#length) {
      throw new RangeError(`${length} bytes wanted of a queue of ${this.#length}`);
    }
    let position = at;
    let missing = length;
    while (missing > 0) {
      const first = this.#chunks[this.#head];
      if (first === undefined) return; // never: the length was checked above
      const count = Math.min(first.length - this.#offset, missing);
      target.set(first.subarray(this.#offset, this.#offset + count), position);
      this.#skip(first, count);
      position += count;
      missing -= count;
    }
  }

  clear(): void {
    this.#chunks = [];
    this.#head = 0;
    this.#offset = 0;
    this.#length = 0;
  }

  #skip(first: Uint8Array, count: number): void {
    this.#length -= count;
    this.#offset += count;
    if (this.#length === 0) {
      this.clear();
    } else if (this.#offset === first.length) {
      this.#offset = 0;
      this.#chunks[this.#head] = EMPTY; // a long queue must not keep what it is done with
      this.#head += 1;
      if (this.#head >= COMPACT_AFTER_CHUNKS) {
        this.#chunks = this.#chunks.slice(this.#head);
        this.#head = 0;
      }
    }
  }
}

const EMPTY = new Uint8Array(0);

/** Spent entries are dropped in lots, so that a removal costs O(1) on average. */
const COMPACT_AFTER_CHUNKS = 1024;
