import { CapnpError } from "./capnp-error.ts";
import { type CapabilitySink } from "./capability-table.ts";
import { MAX_GATHERED, MAX_MESSAGE_BYTES, WORD_BYTES } from "./limits.ts";
import { Arena, Segment, viewOf } from "./segment.ts";
import { type Slab, slabFor } from "./slab.ts";

/**
 * A message under construction. Objects are laid one behind the other in a slab, which this message
 * extends for as long as nothing else has been built behind it; then it goes on in a new segment.
 * Large Data joins as a segment of its own, in the caller's memory.
 */
export class BuildArena extends Arena {
  declare caps: CapabilitySink | undefined;
  /** The segment where `allocate` has just put something. */
  declare placed: Segment;
  /** The segment that still grows, up to the end of what its slab has handed out. */
  #tail: Segment;
  #slab: Slab;
  #roomBytes: number;
  #gathered = 0;
  /** Whether large Data may stay in the caller's memory; not where the caller goes on at once. */
  gathers = true;
  #sealed = false;

  /** The first word is kept for the frame; `frontWords` after it for the root and the envelope. */
  constructor(frontWords: number, maxBytes = MAX_MESSAGE_BYTES) {
    super(Infinity);
    const bytes = (1 + frontWords) * WORD_BYTES;
    this.#roomBytes = maxBytes - bytes;
    const slab = slabFor(bytes);
    const start = slab.claim(bytes) + WORD_BYTES;
    this.#slab = slab;
    this.#tail = new Segment(this, 0, slab.view, slab.bytes, start, slab.used);
    this.placed = this.#tail;
    this.add(this.#tail);
  }

  /** The first segment: its front room, then what was built. */
  get first(): Segment {
    return this.segments[0] ?? this.#tail;
  }

  /** Nothing may be added any more: the bytes are on their way, or being read. */
  seal(): void {
    this.#sealed = true;
  }

  get sealed(): boolean {
    return this.#sealed;
  }

  /**
   * Room for an object that a pointer in `from` will refer to: returns its offset, in segment
   * `placed`. If that is another segment than `from`, one word in front of it is room for a landing
   * pad.
   */
  allocate(from: Segment, words: number): number {
    if (words === 0) {
      this.placed = from;
      return from.end;
    }
    const bytes = words * WORD_BYTES;
    const tail = this.#tail;
    const at = tail.end + (tail === from ? 0 : WORD_BYTES);
    const end = at + bytes;
    if (tail.end !== this.#slab.used || end > this.#slab.bytes.length) {
      return this.#allocateInNewSegment(bytes);
    }
    this.#spend(end - tail.end);
    this.#slab.used = end;
    tail.end = end;
    this.placed = tail;
    return at;
  }

  /** Makes the caller's memory a segment of this message; `undefined` when it is to be copied. */
  gather(data: Uint8Array): Segment | undefined {
    if (!this.gathers || this.#gathered === MAX_GATHERED) return undefined;
    this.#gathered++;
    this.#spend(data.length);
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
    const segment = new Segment(this, this.segments.length, viewOf(data), bytes, 0, data.length);
    segment.borrowed = true;
    this.add(segment);
    return segment;
  }

  #allocateInNewSegment(bytes: number): number {
    this.#spend(bytes + WORD_BYTES);
    // As large again as the last segment, so that a large message has few of them.
    const slab = slabFor(bytes + WORD_BYTES + this.#tail.end - this.#tail.start);
    const start = slab.claim(bytes + WORD_BYTES);
    this.#slab = slab;
    this.#tail = new Segment(this, this.segments.length, slab.view, slab.bytes, start, slab.used);
    this.add(this.#tail);
    this.placed = this.#tail;
    return start + WORD_BYTES;
  }

  #spend(bytes: number): void {
    if (this.#sealed) {
      throw new CapnpError("MESSAGE_SENT", "this message has been sent; build another", "caller");
    }
    this.#roomBytes -= bytes;
    if (this.#roomBytes < 0) {
      throw new CapnpError("MESSAGE_TOO_LARGE", "a message may not grow this large", "caller");
    }
  }
}
