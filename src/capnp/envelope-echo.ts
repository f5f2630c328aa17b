/** Unimplemented: the peer's own message, sent back so far as it takes to recognise it. */
import { type Message, NO_CAPS, NoContent } from "../rpc/index.ts";
import { BuildArena } from "./build-arena.ts";
import { initStruct } from "./build-pointer.ts";
import { CapnpError } from "./capnp-error.ts";
import { copyPointer } from "./copy.ts";
import { Size } from "./envelope-layout.ts";
import { ECHOED_FIELD_WORDS, MAX_ECHO_WORDS, WORD_BYTES } from "./limits.ts";
import { ReceivedContent } from "./payload.ts";
import { readStruct } from "./pointer.ts";
import { u16 } from "./scalar-read.ts";
import { setU16 } from "./scalar-write.ts";
import { DEFAULT_STRUCT } from "./struct-view.ts";

/** A message as its echo shows it, written by `encode`: whole, or without its parameters. */
export function encodeEcho(message: Message, encode: (message: Message) => BuildArena): BuildArena {
  if (message.is !== "call") return encode(message);
  if (message.params.content.sizeWords <= MAX_ECHO_WORDS) {
    const whole = unlessRefused(() => encode(message));
    if (whole !== undefined && whole.sizeWords <= MAX_ECHO_WORDS) return whole;
  }
  return encode({ ...message, params: { content: new NoContent(), capTable: NO_CAPS } });
}

/** A message of a kind that we do not know: whole, or no more than its kind and its own fields. */
export function encodeUnknown(raw: unknown): BuildArena {
  const whole = new BuildArena(1);
  if (!(raw instanceof ReceivedContent)) return whole;
  return unlessRefused(() => copyWhole(raw, whole)) ?? outlineOf(raw);
}

/** Within a budget of its own: pointers that meet again cost as often as they are followed. */
function copyWhole({ segment, pointer, depth }: ReceivedContent, into: BuildArena): BuildArena {
  const { first } = into;
  const { arena } = segment;
  const { budgetWords } = arena;
  arena.budgetWords = MAX_ECHO_WORDS;
  try {
    copyPointer(segment, pointer, depth, first, first.start, "verbatim");
  } finally {
    arena.budgetWords = budgetWords;
  }
  return into;
}

/** Question ids, for one, lie in the fields. */
function outlineOf({ segment, pointer, depth }: ReceivedContent): BuildArena {
  const arena = new BuildArena(1);
  const { first } = arena;
  const message = readStruct(segment, pointer, depth) ?? DEFAULT_STRUCT;
  const root = initStruct(first, first.start, ...Size.Message);
  setU16(root, 0, u16(message, 0));
  if (message.pointers === message.end) return arena;
  const body = unlessRefused(() => readStruct(message.segment, message.pointers, message.depth));
  if (body === undefined) return arena;
  const words = Math.min((body.pointers - body.data) / WORD_BYTES, ECHOED_FIELD_WORDS);
  const { data, segment: to } = initStruct(root.segment, root.pointers, words, 0);
  body.segment.bytes.copy(to.bytes, data, body.data, body.data + words * WORD_BYTES);
  return arena;
}

/** `undefined` when the message is malformed, or larger than an echo may be. */
function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CapnpError) return undefined;
    throw error;
  }
}
