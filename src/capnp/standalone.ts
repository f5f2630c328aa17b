/** Messages that are no part of a call: for files, caches, other transports. */
import { BuildArena } from "./build-arena.ts";
import { pointerCodecOf } from "./capability-field.ts";
import { CapnpError } from "./capnp-error.ts";
import { framed } from "./frame-writer.ts";
import { frameBytes, type FrameLimits, readFrame } from "./framing.ts";
import { MAX_MESSAGE_BYTES, MAX_NESTING, SLAB_BYTES, WORD_BYTES } from "./limits.ts";
import { pack, unpack } from "./packing.ts";
import { type PointerType } from "./pointer-type.ts";
import { locate } from "./wrong-value.ts";

/**
 * A framed message with this root, as `capnp encode` writes it. It is a view of memory of its own,
 * or of Node's buffer pool when it is small. Throws `CapnpError` `VALUE_OUT_OF_RANGE`,
 * `MESSAGE_TOO_LARGE`, or `NO_CAPABILITIES`.
 */
export function encode<Init>(
  type: PointerType<unknown, Init>,
  init: Init,
  { maxBytes }: FrameLimits = {},
): Uint8Array {
  const arena = new BuildArena(1, maxBytes);
  try {
    pointerCodecOf(type).write(arena.first, arena.first.start, init);
  } catch (error) {
    throw locate(error, type, init, "init");
  }
  return framed(arena);
}

/**
 * Reads the root of a framed message, which is all there is in `bytes`; what it reads stays a view
 * of them. Throws `CapnpError`, here and in every getter, for a message that is malformed.
 */
export function decode<Reader>(
  type: PointerType<Reader>,
  bytes: Uint8Array,
  { maxBytes = MAX_MESSAGE_BYTES }: FrameLimits = {},
): Reader {
  const memory = memoryOf(bytes.buffer);
  const start = bytes.byteOffset;
  const size = frameBytes(memory.view, start, start + bytes.length, maxBytes);
  if (size > bytes.length) throw new CapnpError("MESSAGE_TRUNCATED", "the message is cut short");
  if (size < bytes.length) {
    throw new CapnpError("TRAILING_BYTES", `${bytes.length - size} bytes follow the message`);
  }
  const [first] = readFrame(memory.view, memory.bytes, start).segments;
  if (first === undefined || first.end - first.start < WORD_BYTES) {
    throw new CapnpError("NO_ROOT", "the message is empty");
  }
  const codec = pointerCodecOf(type);
  return codec.read(first, first.start, MAX_NESTING) ?? codec.absent();
}

/** As `encode`, packed (encoding spec, "Packing"). */
export function encodePacked<Init>(
  type: PointerType<unknown, Init>,
  init: Init,
  limits?: FrameLimits,
): Uint8Array {
  return pack(encode(type, init, limits));
}

/** As `decode`, of a packed message; also throws `PACKING_INVALID`. */
export function decodePacked<Reader>(
  type: PointerType<Reader>,
  packed: Uint8Array,
  limits: FrameLimits = {},
): Reader {
  return decode(type, unpack(packed, limits.maxBytes ?? MAX_MESSAGE_BYTES), limits);
}

/** A buffer with the views that it is read through. */
interface Memory {
  readonly view: DataView;
  readonly bytes: Buffer;
}

/** What was last read from, when it is small: messages lie many in one buffer, such as Node's pool. */
let last: Memory | undefined;

/** Views of a whole buffer; to make them anew takes as long as to read several fields. */
function memoryOf(buffer: ArrayBufferLike): Memory {
  if (last?.view.buffer === buffer) return last;
  const memory = { view: new DataView(buffer), bytes: Buffer.from(buffer) };
  if (buffer.byteLength <= SLAB_BYTES) last = memory;
  return memory;
}
