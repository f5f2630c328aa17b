import { SLAB_BYTES, SLAB_REST_BYTES } from "./limits.ts";
import { viewOf } from "./segment.ts";

/**
 * Zeroed memory in which outgoing messages are built side by side, so that those of one turn leave
 * in one piece. It is handed out once and never again: whoever holds a view of it keeps it alive,
 * and the collector takes it back.
 */
export class Slab {
  readonly bytes: Buffer;
  readonly view: DataView;
  used = 0;

  constructor(sizeBytes: number) {
    this.bytes = Buffer.from(new ArrayBuffer(sizeBytes));
    this.view = viewOf(this.bytes);
  }

  /** Takes the next `bytes`; returns where they start, or -1 when they do not fit. */
  claim(bytes: number): number {
    const start = this.used;
    if (start + bytes > this.bytes.length) return -1;
    this.used = start + bytes;
    return start;
  }
}

let current: Slab | undefined;

/** A slab with room for `bytes`: the shared one, or one of its own for what is large. */
export function slabFor(bytes: number): Slab {
  if (bytes > SLAB_BYTES / 4) return new Slab(bytes);
  if (current === undefined || current.used + bytes + SLAB_REST_BYTES > SLAB_BYTES) {
    current = new Slab(SLAB_BYTES);
  }
  return current;
}
