/**
 * Following one pointer of a message that may be hostile. Each function takes the place of a
 * pointer word, known to lie within its segment, and checks all that the pointer says before
 * anything behind it is touched: kind, bounds, traversal budget, depth. `undefined` is null.
 */
import { CapnpError } from "./capnp-error.ts";
import { DATA_BYTES, ElementSize, ListView } from "./list-view.ts";
import { WORD_BYTES } from "./limits.ts";
import { type Segment } from "./segment.ts";
import { StructView } from "./struct-view.ts";

/** The two low bits of a pointer (encoding spec, "Pointers"). */
export const PointerKind = { struct: 0, list: 1, far: 2, other: 3 } as const;

/** Where a far pointer leads, and the pointer word that describes what is there. */
interface Landing {
  segment: Segment;
  target: number;
  low: number;
  high: number;
}

export function readStruct(segment: Segment, at: number, depth: number): StructView | undefined {
  const low = segment.view.getInt32(at, true);
  const high = segment.view.getInt32(at + 4, true);
  if ((low & 3) === PointerKind.struct) {
    if (low === 0 && high === 0) return undefined;
    return structAt(segment, targetOf(at, low), high, depth);
  }
  const landing = landingOf(segment, low, high, "a struct");
  if (landing === undefined) return undefined;
  if ((landing.low & 3) !== PointerKind.struct) throw wrongKind("a struct", landing.low);
  return structAt(landing.segment, landing.target, landing.high, depth);
}

/** `expected` is how the reader means to read the elements. */
export function readList(
  segment: Segment,
  at: number,
  depth: number,
  expected: ElementSize,
): ListView | undefined {
  const list = readAnyList(segment, at, depth);
  if (list !== undefined) requireElements(list, expected);
  return list;
}

export function readAnyList(segment: Segment, at: number, depth: number): ListView | undefined {
  const low = segment.view.getInt32(at, true);
  const high = segment.view.getInt32(at + 4, true);
  if ((low & 3) === PointerKind.list) return listAt(segment, targetOf(at, low), high, depth);
  if (low === 0 && high === 0) return undefined;
  const landing = landingOf(segment, low, high, "a list");
  if (landing === undefined) return undefined;
  if ((landing.low & 3) !== PointerKind.list) throw wrongKind("a list", landing.low);
  return listAt(landing.segment, landing.target, landing.high, depth);
}

/** The index in the capability table. */
export function readCapability(segment: Segment, at: number): number | undefined {
  let low = segment.view.getInt32(at, true);
  let high = segment.view.getInt32(at + 4, true);
  if (low === 0 && high === 0) return undefined;
  if ((low & 3) === PointerKind.far) {
    const landing = landingOf(segment, low, high, "a capability");
    if (landing === undefined) return undefined;
    ({ low, high } = landing);
  }
  if (low !== PointerKind.other) throw wrongKind("a capability", low);
  return high >>> 0;
}

/** What kind of pointer stands here, seen through far pointers; `undefined` for null. */
export function kindOf(segment: Segment, at: number): "struct" | "list" | "capability" | undefined {
  let low = segment.view.getInt32(at, true);
  let high = segment.view.getInt32(at + 4, true);
  if ((low & 3) === PointerKind.far) {
    const landing = follow(segment, low, high);
    ({ low, high } = landing);
  }
  if (low === 0 && high === 0) return undefined;
  switch (low & 3) {
    case PointerKind.struct:
      return "struct";
    case PointerKind.list:
      return "list";
    default:
      if (low !== PointerKind.other) throw wrongKind("a struct, a list or a capability", low);
      return "capability";
  }
}

export function isNull(segment: Segment, at: number): boolean {
  return segment.view.getInt32(at, true) === 0 && segment.view.getInt32(at + 4, true) === 0;
}

function structAt(segment: Segment, data: number, high: number, depth: number): StructView {
  const pointers = data + (high & 0xffff) * WORD_BYTES;
  const end = pointers + (high >>> 16) * WORD_BYTES;
  if (data < segment.start || end > segment.end) throw outOfBounds("a struct");
  if (depth <= 0) throw tooDeep();
  segment.arena.charge((end - data) / WORD_BYTES);
  return new StructView(segment, data, pointers, end, depth - 1);
}

function listAt(segment: Segment, start: number, high: number, depth: number): ListView {
  if (depth <= 0) throw tooDeep();
  const size = (high & 7) as ElementSize; // three bits have these eight values
  const count = high >>> 3;
  if (size === ElementSize.composite) return compositeAt(segment, start, count, depth);
  const dataBytes = DATA_BYTES[size] ?? 0;
  const step = size === ElementSize.pointer ? WORD_BYTES : dataBytes;
  const bytes = size === ElementSize.bit ? Math.ceil(count / 8) : count * step;
  if (start < segment.start || start + bytes > segment.end) throw outOfBounds("a list");
  // A list of Void has as many elements as it likes in no bytes at all, so they are what is charged.
  segment.arena.charge(size === ElementSize.void ? count : Math.ceil(bytes / WORD_BYTES));
  return new ListView(segment, size, start, count, step, dataBytes, depth - 1);
}

/** A list of structs begins with a tag that says how many there are and how large each is. */
function compositeAt(segment: Segment, tag: number, words: number, depth: number): ListView {
  const start = tag + WORD_BYTES;
  if (tag < segment.start || start + words * WORD_BYTES > segment.end) throw outOfBounds("a list");
  const low = segment.view.getInt32(tag, true);
  const high = segment.view.getInt32(tag + 4, true);
  if ((low & 3) !== PointerKind.struct) throw wrongKind("the tag of a list of structs", low);
  const length = low >>> 2;
  const dataBytes = (high & 0xffff) * WORD_BYTES;
  const step = dataBytes + (high >>> 16) * WORD_BYTES;
  if (length * step > words * WORD_BYTES) throw outOfBounds("a list of structs");
  segment.arena.charge(1 + (step === 0 ? Math.max(length, words) : words));
  return new ListView(segment, ElementSize.composite, start, length, step, dataBytes, depth - 1);
}

/** Text and Data are lists of bytes, and nothing else will do for them. */
export function requireBytes(list: ListView): void {
  if (list.size !== ElementSize.byte) {
    throw new CapnpError(
      "WRONG_KIND",
      "a list of something other than bytes where Text or Data is due",
    );
  }
}

/**
 * Lists of a larger element can be read as lists of a smaller one, and lists of structs as lists of
 * their first field or the other way round (language spec, "Evolving Your Protocol"); bits cannot.
 */
function requireElements(list: ListView, expected: ElementSize): void {
  if (list.size === expected || expected === ElementSize.void) return;
  const fits =
    list.size === ElementSize.bit || expected === ElementSize.bit
      ? false
      : expected === ElementSize.composite ||
        (expected === ElementSize.pointer
          ? list.step - list.dataBytes >= WORD_BYTES
          : list.dataBytes >= (DATA_BYTES[expected] ?? 0));
  if (!fits && list.length > 0) {
    throw new CapnpError("WRONG_KIND", "a list whose elements are of another size than expected");
  }
}

/** Only ever called for what is no pointer of the kind expected: a far pointer, or a wrong one. */
function landingOf(
  segment: Segment,
  low: number,
  high: number,
  expected: string,
): Landing | undefined {
  if ((low & 3) !== PointerKind.far) throw wrongKind(expected, low);
  const landing = follow(segment, low, high);
  return landing.low === 0 && landing.high === 0 ? undefined : landing;
}

/** Encoding spec, "Inter-Segment Pointers". */
function follow(from: Segment, low: number, high: number): Landing {
  const { arena } = from;
  const segment = padOf(from, low, high, (low & 4) === 0 ? 1 : 2);
  const pad = segment.start + (low >>> 3) * WORD_BYTES;
  const { view } = segment;
  const landing: Landing = {
    segment,
    target: 0,
    low: view.getInt32(pad, true),
    high: view.getInt32(pad + 4, true),
  };
  arena.charge(1);
  if ((low & 4) === 0) {
    if ((landing.low & 3) === PointerKind.far) throw wrongKind("a landing pad", landing.low);
    landing.target = targetOf(pad, landing.low);
    return landing;
  }
  // A pad of two words: a far pointer to the object itself, then the pointer that describes it.
  if ((landing.low & 7) !== PointerKind.far) throw wrongKind("a landing pad", landing.low);
  landing.segment = padOf(from, landing.low, landing.high, 0);
  landing.target = landing.segment.start + (landing.low >>> 3) * WORD_BYTES;
  landing.low = view.getInt32(pad + 8, true);
  landing.high = view.getInt32(pad + 12, true);
  if ((landing.low & 3) === PointerKind.far) throw wrongKind("a landing pad", landing.low);
  return landing;
}

function padOf(from: Segment, low: number, high: number, words: number): Segment {
  const segment = from.arena.segments[high >>> 0];
  if (segment === undefined) throw outOfBounds("a far pointer");
  const pad = segment.start + (low >>> 3) * WORD_BYTES;
  if (pad + words * WORD_BYTES > segment.end) throw outOfBounds("a far pointer");
  return segment;
}

/** Where a near pointer leads: its 30-bit offset counts words from the word after it. */
function targetOf(at: number, low: number): number {
  return at + WORD_BYTES + (low >> 2) * WORD_BYTES;
}

function outOfBounds(what: string): CapnpError {
  return new CapnpError("OUT_OF_BOUNDS", `${what} lies outside the message`);
}

function tooDeep(): CapnpError {
  return new CapnpError("NESTING_LIMIT", "the message is nested too deeply, or in a cycle");
}

const KIND_NAMES = ["a struct", "a list", "a far pointer", "a capability"];

function wrongKind(expected: string, low: number): CapnpError {
  const found = KIND_NAMES[low & 3] ?? "nothing";
  return new CapnpError("WRONG_KIND", `a pointer to ${found} where ${expected} is due`);
}
