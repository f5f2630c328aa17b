/** The struct that a call or a return carries, as the core passes it on without looking inside. */
import { type Content, type Path, RpcError } from "../rpc/index.ts";
import { BuildArena } from "./build-arena.ts";
import { initStruct, writeCapability } from "./build-pointer.ts";
import { pointerCodecOf } from "./capability-field.ts";
import { type CapabilitySink, type CapabilitySource } from "./capability-table.ts";
import { CapnpError } from "./capnp-error.ts";
import { copyPointer } from "./copy.ts";
import {
  COPIES_OF_A_WORD,
  MAX_NESTING,
  MIN_COPY_WORDS,
  SEGMENT_WORDS,
  WORD_BYTES,
} from "./limits.ts";
import { readCapability, readStruct } from "./pointer.ts";
import { type PointerType } from "./pointer-type.ts";
import { Arena, budgetFor, Segment, viewOf } from "./segment.ts";
import { type StructType } from "./struct-type.ts";

/** Content that lies in a message: one that was received, or one of our own that was finished. */
export class ReceivedContent implements Content {
  declare readonly segment: Segment;
  /** The place of the pointer to it. */
  declare readonly pointer: number;
  declare readonly depth: number;

  constructor(segment: Segment, pointer: number, depth: number) {
    this.segment = segment;
    this.pointer = pointer;
    this.depth = depth;
  }

  /** Of the whole message, and of what stands for its segments: what keeping this content costs. */
  get sizeWords(): number {
    const { segments, sizeWords } = this.segment.arena;
    return sizeWords + (segments.length - 1) * SEGMENT_WORDS;
  }

  capabilityAt(path: Path): number | undefined {
    return capabilityAt(this.segment, this.pointer, this.depth, path);
  }

  /** Reads it as a value of this type, its capabilities from `caps`. */
  root<Reader>(type: PointerType<Reader>, caps?: CapabilitySource): Reader {
    this.segment.arena.caps = caps;
    const codec = pointerCodecOf(type);
    return codec.read(this.segment, this.pointer, this.depth) ?? codec.absent(this.segment);
  }
}

/** The content of a payload that has none, which is a message of its own. */
export function noContent(): ReceivedContent {
  const bytes = Buffer.alloc(WORD_BYTES);
  const arena = new Arena(Infinity);
  const segment = new Segment(arena, 0, viewOf(bytes), bytes, 0, WORD_BYTES);
  arena.add(segment);
  return new ReceivedContent(segment, 0, MAX_NESTING);
}

/** What stands around the content when it is sent, so that room can be kept in front of it. */
export type Envelope = "call" | "return";

/**
 * Words of the envelope of fixed size in front of the content (`envelope-front.ts` fills them): the
 * root pointer, Message 2, Call 6 and MessageTarget 2 or Return 3, and Payload 2.
 */
export const ENVELOPE_WORDS: Readonly<Record<Envelope, number>> = { call: 13, return: 8 };

/** Params or results under construction, in the very message that they will be sent in. */
export class ContentBuilder implements Content {
  declare readonly envelope: Envelope;
  declare readonly arena: BuildArena;

  /** `maxBytes` bounds the whole message (limits.ts `MAX_MESSAGE_BYTES`). */
  constructor(envelope: Envelope, maxBytes?: number) {
    this.envelope = envelope;
    this.arena = new BuildArena(ENVELOPE_WORDS[envelope], maxBytes);
  }

  /** Content that is nothing but a capability, as the results of Bootstrap are. */
  static ofCapability(envelope: Envelope, index: number): ContentBuilder {
    const content = new ContentBuilder(envelope);
    writeCapability(content.arena.first, content.pointer, index);
    return content;
  }

  /** Where Payload.content is going to be: the last word but one of the room in front. */
  get pointer(): number {
    return this.arena.first.start + (ENVELOPE_WORDS[this.envelope] - 2) * WORD_BYTES;
  }

  get sizeWords(): number {
    return this.arena.sizeWords;
  }

  capabilityAt(path: Path): number | undefined {
    return capabilityAt(this.arena.first, this.pointer, MAX_NESTING, path);
  }

  /** A new struct to be filled in place, its capabilities to be entered into `sink`. */
  root<Builder>(type: StructType<unknown, Builder>, sink?: CapabilitySink): Builder {
    this.arena.caps = sink;
    const { first } = this.arena;
    return new type.Builder(initStruct(first, this.pointer, type.dataWords, type.pointerCount));
  }

  /** Fills it from a plain object or a reader, its capabilities entered into `sink`. */
  fill<Init>(type: PointerType<unknown, Init>, init: Init, sink?: CapabilitySink): void {
    this.arena.caps = sink;
    pointerCodecOf(type).replace(this.arena.first, this.pointer, init);
  }

  /** The same bytes as a receiver would see them, not copied; nothing may be added any more. */
  asReceived(): ReceivedContent {
    this.arena.seal();
    const arena = new Arena(budgetFor(this.arena.sizeWords));
    for (const { id, view, bytes, start, end } of this.arena.segments) {
      arena.add(new Segment(arena, id, view, bytes, start, end));
    }
    return new ReceivedContent(arena.segments[0] ?? this.arena.first, this.pointer, MAX_NESTING);
  }
}

/** The content as it can be sent in this envelope: itself, or a copy when it has been sent. */
export function sendable(content: Content, envelope: Envelope): ContentBuilder {
  if (content instanceof ContentBuilder && content.envelope === envelope && !content.arena.sealed) {
    return content;
  }
  const copy = new ContentBuilder(envelope);
  copyContent(content, copy.arena.first, copy.pointer);
  return copy;
}

/** Copies content behind a pointer that is null; the capability table is going to be the same. */
export function copyContent(content: Content, to: Segment, toAt: number): void {
  if (content instanceof ReceivedContent) {
    copyReceived(content, to, toAt);
  } else if (content instanceof ContentBuilder) {
    const { first } = content.arena;
    copyPointer(first, content.pointer, MAX_NESTING, to, toAt, "verbatim");
  } else {
    // The core's own content, which is at most one capability.
    const index = content.capabilityAt([]);
    if (index !== undefined) writeCapability(to, toAt, index);
  }
}

/** Copies within a budget of its own, in proportion to what was received. */
function copyReceived(
  { segment, pointer, depth }: ReceivedContent,
  to: Segment,
  toAt: number,
): void {
  const { arena } = segment;
  const { budgetWords } = arena;
  arena.budgetWords = Math.max(MIN_COPY_WORDS, arena.sizeWords * COPIES_OF_A_WORD);
  try {
    copyPointer(segment, pointer, depth, to, toAt, "verbatim");
  } finally {
    arena.budgetWords = budgetWords;
  }
}

/** Walks to a pointer without charging for it: pipelined calls repeat the walk as they please. */
function capabilityAt(
  segment: Segment,
  pointer: number,
  depth: number,
  path: Path,
): number | undefined {
  const { arena } = segment;
  const { budgetWords } = arena;
  try {
    let at = { segment, pointer, depth };
    for (const index of path) {
      const struct = readStruct(at.segment, at.pointer, at.depth);
      if (struct === undefined) return undefined;
      const next = struct.pointers + index * WORD_BYTES;
      if (next >= struct.end) return undefined;
      at = { segment: struct.segment, pointer: next, depth: struct.depth };
    }
    return readCapability(at.segment, at.pointer);
  } catch (error) {
    if (!(error instanceof CapnpError)) throw error;
    throw RpcError.failed(`no capability there: ${error.message}`, { cause: error });
  } finally {
    arena.budgetWords = budgetWords;
  }
}
