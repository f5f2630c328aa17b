/**
 * The stream framing of Cap'n Proto (encoding spec, "Serialization Over a Stream"): each message is
 * preceded by the number of its segments and their sizes.
 */
import { CapnpError } from "./capnp-error.ts";
import { MAX_MESSAGE_BYTES, MAX_SEGMENTS, WORD_BYTES } from "./limits.ts";
import { Arena, budgetFor, bufferOf, Segment, viewOf } from "./segment.ts";

/** What a reader of frames lets one message cost. */
export interface FrameLimits {
  /** Bytes of one message, frame included. Default 64 MiB (limits.ts `MAX_MESSAGE_BYTES`). */
  readonly maxBytes?: number | undefined;
}

/** Bytes kept ready at once for a message that has only been announced. Ours. */
const FIRST_RESERVE_BYTES = 256 * 1024;

/** The largest room that is lent for bytes which are copied at once; records are not longer. Ours. */
const SCRATCH_BYTES = 128 * 1024;

/** Of small messages before a large one, as finishes are before the next call. Ours. */
const LEAD_BYTES = 1024;

/** A message of fewer bytes is cheaper to leave where it was received. Ours. */
const LARGE_BYTES = 16 * 1024;

/** A message keeps its chunk alive, where that matters, if it is one part in so many of it. Ours. */
const DETACHED_SHARE = 4;

/**
 * Cuts a byte stream into messages. A message that lies whole in one chunk is read there, without
 * a copy, so a chunk belongs to the reader from `push` on. Of a message that does not, only as many
 * bytes are kept as have arrived; one that announces too much is refused before it costs anything.
 * The rest of a large one is best written to where {@link FrameReader.room} says.
 */
export class FrameReader {
  readonly #maxBytes: number;
  #chunk: Buffer = NOTHING;
  #view: DataView = viewOf(this.#chunk);
  #at = 0;
  /** The beginning of a message that goes on in the next chunk; of how many bytes, once known. */
  #partial: Buffer | undefined = undefined;
  #partialBytes = 0;
  #partialSize = 0;
  /** Lent for the next chunk; what comes in it is copied, and it goes back. */
  #scratch: Buffer | undefined = undefined;
  /** Lent for the next chunk, and the home of the large message that is expected in it. */
  #landing: Buffer | undefined = undefined;
  /** Of a large message like the last one; 0 when the last chunk that was to have one had none. */
  #expectedBytes = 0;

  constructor(limits: FrameLimits = {}) {
    this.#maxBytes = limits.maxBytes ?? MAX_MESSAGE_BYTES;
  }

  /**
   * Memory for at least so many bytes of the stream, which are to be pushed next: they come to lie
   * where they shall stay, or at least need no memory of their own. `undefined`: they had better lie
   * in a chunk of their own.
   */
  room(bytes: number): Uint8Array | undefined {
    if (this.restBytes > 0) return undefined; // it may lie in the room
    if (this.#partial === undefined) return this.#landingFor(bytes);
    if (this.#partialSize < LARGE_BYTES) return undefined;
    const end = this.#partialBytes + bytes;
    if (end <= this.#partialSize) {
      return this.#reserve(this.#partial, end).subarray(this.#partialBytes);
    }
    if (bytes < LARGE_BYTES || bytes > SCRATCH_BYTES) return undefined;
    this.#scratch ??= spareScratch ?? Buffer.allocUnsafeSlow(SCRATCH_BYTES);
    spareScratch = undefined;
    return this.#scratch;
  }

  /** Takes the next bytes of the stream; `next` must have returned `undefined` before. */
  push(chunk: Uint8Array): void {
    if (this.#partial !== undefined && chunk.buffer === this.#partial.buffer) {
      this.#partialBytes += chunk.length; // in the room that was asked for
      return;
    }
    if (chunk.buffer === this.#landing?.buffer)
      this.#expectedBytes = 0; // unless there is another
    else this.#landing = undefined;
    this.#chunk = bufferOf(chunk);
    this.#view = viewOf(chunk);
    this.#at = 0;
  }

  /**
   * The next whole message; `undefined` when it has not all arrived. One that will be kept for long
   * is better `detached`: then it keeps no chunk alive that is much larger than itself. Throws
   * `CapnpError` `TOO_MANY_SEGMENTS` or `MESSAGE_TOO_LARGE`, after which the stream is lost.
   */
  next(detached = false): Arena | undefined {
    const message =
      this.#partial === undefined
        ? this.#nextFromChunk(detached)
        : this.#nextFromPartial(this.#partial);
    if (message === undefined) this.#giveBackScratch();
    return message;
  }

  /** Bytes that {@link FrameReader.next} has yet to look at: while there are any, it may have more. */
  get restBytes(): number {
    const inRoom = this.#partialBytes < this.#partialSize ? 0 : this.#partialBytes;
    return inRoom + this.#chunk.length - this.#at;
  }

  /** Bytes of a message that has begun and not ended: 0 when the stream may end here. */
  get pendingBytes(): number {
    return this.#partialBytes + this.#chunk.length - this.#at;
  }

  #nextFromChunk(detached: boolean): Arena | undefined {
    const size = frameBytes(this.#view, this.#at, this.#chunk.length, this.#maxBytes);
    if (size >= LARGE_BYTES) this.#expectedBytes = size;
    if (this.#at + size > this.#chunk.length) {
      this.#keepRest(size);
      return undefined;
    }
    const at = this.#at;
    this.#at += size;
    const inScratch = this.#chunk.buffer === this.#scratch?.buffer;
    const keeps = this.#landing?.length ?? (detached ? this.#chunk.length : 0);
    if (inScratch || size * DETACHED_SHARE < keeps) {
      const own = Buffer.from(this.#chunk.subarray(at, at + size));
      return readFrame(viewOf(own), own, 0);
    }
    return readFrame(this.#view, this.#chunk, at);
  }

  #keepRest(size: number): void {
    const rest = this.#chunk.subarray(this.#at);
    this.#at = this.#chunk.length;
    if (rest.length === 0) return;
    if (this.#landing !== undefined && size >= LARGE_BYTES) {
      const at = rest.byteOffset - this.#landing.byteOffset;
      this.#partial = this.#landing.subarray(at, at + size); // to its end, when that is too short
    } else {
      this.#partial = Buffer.allocUnsafeSlow(reserveFor(rest.length, size));
      this.#partial.set(rest);
    }
    this.#landing = undefined;
    this.#partialBytes = rest.length;
    this.#partialSize = size;
  }

  /** Goes on with a message that began in an earlier chunk, first with its table, then to its end. */
  #nextFromPartial(partial: Buffer): Arena | undefined {
    for (;;) {
      const lacking = this.#partialSize - this.#partialBytes;
      partial = this.#append(partial, Math.min(lacking, this.#chunk.length - this.#at));
      if (this.#partialBytes < this.#partialSize) return undefined;
      // All is there that was certain so far; perhaps that is the table, which says more.
      const size = frameBytes(viewOf(partial), 0, this.#partialBytes, this.#maxBytes);
      if (this.#partialBytes === size) {
        this.#partial = undefined;
        this.#partialBytes = 0;
        return readFrame(viewOf(partial), partial, 0);
      }
      this.#partialSize = size;
      if (size >= LARGE_BYTES) this.#expectedBytes = size;
    }
  }

  /** Where a large message may begin and stay, for a chunk that probably has one. */
  #landingFor(bytes: number): Buffer | undefined {
    if (this.#expectedBytes === 0 || bytes < LARGE_BYTES) return undefined;
    const lent = this.#landing;
    const isUnused = lent !== undefined && lent.buffer !== this.#chunk.buffer;
    if (isUnused && lent.length >= bytes) return lent;
    const wanted = Math.min(this.#expectedBytes, FIRST_RESERVE_BYTES) + LEAD_BYTES;
    return (this.#landing = Buffer.allocUnsafeSlow(Math.max(bytes, wanted)));
  }

  #append(partial: Buffer, bytes: number): Buffer {
    const end = this.#partialBytes + bytes;
    const room = this.#reserve(partial, end);
    this.#chunk.copy(room, this.#partialBytes, this.#at, this.#at + bytes);
    this.#partialBytes = end;
    this.#at += bytes;
    return room;
  }

  /** The message that has begun, where it has room for so many of its bytes. */
  #reserve(partial: Buffer, bytes: number): Buffer {
    if (bytes <= partial.length) return partial;
    const capacity = reserveFor(bytes, this.#partialSize, partial.length);
    const larger = Buffer.allocUnsafeSlow(capacity);
    partial.copy(larger, 0, 0, this.#partialBytes);
    this.#partial = larger;
    return larger;
  }

  #giveBackScratch(): void {
    if (this.#scratch === undefined) return;
    spareScratch = this.#scratch;
    this.#scratch = undefined;
    this.#chunk = NOTHING;
    this.#at = 0;
  }
}

const NOTHING = Buffer.alloc(0);

/** The one scratch of the process, while no reader has it. */
let spareScratch: Buffer | undefined;

/** Room for what has arrived, and for what is to come while that is not much. */
function reserveFor(arrived: number, frameBytes: number, soFar = 0): number {
  return Math.max(arrived, Math.min(frameBytes, Math.max(2 * soFar, FIRST_RESERVE_BYTES)));
}

/**
 * Bytes of the frame at `at`, of which those before `end` have arrived: what is certain of it so
 * far, which is more than has arrived until its table is there.
 */
export function frameBytes(view: DataView, at: number, end: number, maxBytes: number): number {
  if (at + 4 > end) return 4;
  const segments = view.getUint32(at, true) + 1;
  if (segments > MAX_SEGMENTS) {
    throw new CapnpError("TOO_MANY_SEGMENTS", `a message of ${segments} segments`);
  }
  const table = tableBytes(segments);
  if (at + table > end) return table;
  let bytes = table;
  for (let i = 0; i < segments; i++) bytes += view.getUint32(at + 4 + i * 4, true) * WORD_BYTES;
  if (bytes > maxBytes) {
    throw new CapnpError("MESSAGE_TOO_LARGE", `a message of ${bytes} bytes; at most ${maxBytes}`);
  }
  return bytes;
}

/** The message whose frame begins at `at`; all of it is there. */
export function readFrame(view: DataView, bytes: Buffer, at: number): Arena {
  const segments = view.getUint32(at, true) + 1;
  let start = at + tableBytes(segments);
  const arena = new Arena(0);
  for (let id = 0; id < segments; id++) {
    const end = start + view.getUint32(at + 4 + id * 4, true) * WORD_BYTES;
    arena.add(new Segment(arena, id, view, bytes, start, end));
    start = end;
  }
  arena.budgetWords = budgetFor((start - at) / WORD_BYTES);
  return arena;
}

/** The frame's table: a count and the sizes, four bytes each, padded to a word. */
export function tableBytes(segments: number): number {
  return Math.ceil((1 + segments) / 2) * WORD_BYTES;
}
