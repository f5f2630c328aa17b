import { concatBytes } from "../base/index.ts";
import { type BuildArena } from "./build-arena.ts";
import { tableBytes } from "./framing.ts";
import { WORD_BYTES } from "./limits.ts";
import { type Segment, viewOf } from "./segment.ts";

const PADDING = new Uint8Array(WORD_BYTES);

/**
 * Collects framed messages to be written in one go. Messages that lie side by side in memory, as
 * those of one turn do, leave as one piece; nothing is copied.
 */
export class FrameWriter {
  #chunks: Uint8Array[] = [];
  /** The piece that may still be extended: where it lies, and how far it reaches. */
  #bytes: Buffer | undefined = undefined;
  #start = 0;
  #end = 0;
  #byteLength = 0;

  /** Frames a message; it must not be changed any more. */
  add(arena: BuildArena): void {
    arena.seal();
    const { first, segments } = arena;
    if (segments.length === 1) {
      this.#append(first.bytes, frameInPlace(first), first.end);
      return;
    }
    const table = segmentTable(segments);
    this.#append(table, 0, table.length);
    for (const { bytes, start, end } of segments) {
      this.#append(bytes, start, end);
      const odd = (end - start) % WORD_BYTES;
      if (odd > 0) this.#push(PADDING.subarray(odd));
    }
  }

  /** Bytes that wait to be taken. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** The pieces in their order. They are never written to again. */
  take(): Uint8Array[] {
    this.#flush();
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#byteLength = 0;
    return chunks;
  }

  #append(bytes: Buffer, start: number, end: number): void {
    this.#byteLength += end - start;
    if (bytes === this.#bytes && start === this.#end) {
      this.#end = end;
      return;
    }
    this.#flush();
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  #push(chunk: Uint8Array): void {
    this.#flush();
    this.#byteLength += chunk.length;
    this.#chunks.push(chunk);
  }

  #flush(): void {
    if (this.#bytes !== undefined && this.#end > this.#start) {
      this.#chunks.push(this.#bytes.subarray(this.#start, this.#end));
    }
    this.#bytes = undefined;
  }
}

/**
 * The whole framed message in memory of its own, or out of Node's pool when it is small; it must not
 * be changed any more.
 */
export function framed(arena: BuildArena): Uint8Array {
  if (arena.segments.length > 1) {
    const writer = new FrameWriter();
    writer.add(arena);
    return concatBytes(...writer.take());
  }
  arena.seal();
  const { first } = arena;
  const start = frameInPlace(first);
  const { buffer, byteOffset, length } = Buffer.allocUnsafe(first.end - start);
  const frame = new Uint8Array(buffer, byteOffset, length); // a Buffer's `slice` is no copy
  first.bytes.copy(frame, 0, start, first.end);
  return frame;
}

/** Writes the frame of a message's only segment into the word before it (`BuildArena`). */
function frameInPlace({ view, start, end }: Segment): number {
  view.setInt32(start - 8, 0, true);
  view.setInt32(start - 4, (end - start) / WORD_BYTES, true);
  return start - WORD_BYTES;
}

function segmentTable(segments: readonly Segment[]): Buffer {
  const table = Buffer.alloc(tableBytes(segments.length));
  const view = viewOf(table);
  view.setUint32(0, segments.length - 1, true);
  segments.forEach(({ start, end }, id) => {
    view.setUint32(4 + id * 4, Math.ceil((end - start) / WORD_BYTES), true);
  });
  return table;
}
