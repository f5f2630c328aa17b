import fc from "fast-check";
import { ContentBuilder, decode, encode, type Struct } from "handfast/capnp";
import { copyContent, ReceivedContent } from "../../src/capnp/payload.ts";
import { viewOf } from "../../src/capnp/segment.ts";
import { outcome, surrounded } from "../capnp/surrounded.ts";
import { anyZoo, scattered } from "../capnp/zoo-arbitrary.ts";
import { Zoo } from "../capnp/zoo.capnp.ts";
import { Random } from "./random.ts";

export interface ReaderFailure {
  /** `node --import tsx test/fuzz/reader.ts --seed …` plays it again. */
  readonly seed: number;
  readonly why: string;
}

/** Words that reading a mutant may visit: few, so that a run takes minutes, not hours. */
const BUDGET_WORDS = 10_000;
/** Large enough to be sent from where it lies: a segment of its own behind a double far pointer. */
const LARGE_DATA_BYTES = 16 * 1024;
const MESSAGES = 256;

/**
 * Reads this many mutants of real messages, a seed each; stops at the first that is read wrongly:
 * with another error than a `CapnpError`, with another outcome when other bytes lie around the
 * message, or with the message changed.
 */
export function firstFailure(seed: number, mutants: number): ReaderFailure | undefined {
  const messages = originals();
  for (let index = 0; index < mutants; index += 1) {
    const one = (seed + index) >>> 0;
    const random = new Random(one);
    const original = messages[random.below(messages.length)] ?? new Uint8Array(8);
    const road = ROADS[random.below(ROADS.length)] ?? readFramed;
    const why = harm(mutant(original, random, road === readWhole), road);
    if (why !== undefined) return { seed: one, why };
  }
  return undefined;
}

/** The same messages each time: in one segment, in very many, and with Data in a segment of its own. */
function originals(): readonly Uint8Array[] {
  const zoos = fc.sample(anyZoo, { numRuns: MESSAGES, seed: 1 });
  return zoos.map((zoo, i) => {
    if (i % 32 === 0) return encode(Zoo, { ...zoo, data: new Uint8Array(LARGE_DATA_BYTES) });
    return encode(Zoo, i % 2 === 0 ? zoo : scattered(zoo));
  });
}

type Road = (bytes: Uint8Array, filling: number) => string;

const ROADS: readonly Road[] = [readWhole, readFramed, readFramed, readCopied];

function harm(bytes: Uint8Array, read: Road): string | undefined {
  const before = bytes.slice();
  try {
    const [among0, among1] = [read(bytes, 0), read(bytes, 0xff)];
    if (among0 !== among1) return `reads as ${among0.slice(0, 200)} or ${among1.slice(0, 200)}`;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return Buffer.compare(before, bytes) === 0 ? undefined : "the message was changed";
}

/** As a message by itself: its frame may be wrong as well. */
function readWhole(bytes: Uint8Array, filling: number): string {
  const chunk = Buffer.alloc(bytes.length + 64, filling);
  chunk.set(bytes, 24);
  return outcome(() => {
    const zoo = decode(Zoo, chunk.subarray(24, 24 + bytes.length));
    const { arena } = (zoo as unknown as Struct).$.segment; // as every reader is
    // What a null root reads as belongs to no message, and has no budget.
    if (arena.budgetWords !== Infinity) arena.budgetWords = BUDGET_WORDS;
    return zoo;
  });
}

/** As it lies in a chunk that was received; its frame has been checked. */
function readFramed(bytes: Uint8Array, filling: number): string {
  return outcome(() => contentOf(bytes, filling).root(Zoo));
}

/** As it is passed on to another connection. */
function readCopied(bytes: Uint8Array, filling: number): string {
  return outcome(() => {
    const copy = new ContentBuilder("call");
    copyContent(contentOf(bytes, filling), copy.arena.first, copy.pointer);
    return copy.asReceived().root(Zoo);
  });
}

function contentOf(bytes: Uint8Array, filling: number): ReceivedContent {
  const [first] = surrounded(bytes, filling, BUDGET_WORDS).segments;
  if (first === undefined) throw new Error("a message of no segments");
  return new ReceivedContent(first, first.start, 64);
}

/** One to four words of the message changed for the worse; with `anywhere`, the frame or its end. */
function mutant(original: Uint8Array, random: Random, anywhere: boolean): Uint8Array {
  const bytes = original.slice();
  const view = viewOf(bytes);
  const segments = view.getUint32(0, true) + 1;
  const tableWords = anywhere ? 0 : Math.ceil((1 + segments) / 2);
  const words = bytes.length / 8 - tableWords;
  for (let times = random.below(4); times >= 0 && words > 0; times -= 1) {
    const at = (tableWords + random.below(words)) * 8;
    const old = view.getBigUint64(at, true);
    view.setBigUint64(at, worse(old, random, segments, words), true);
  }
  return anywhere && random.below(4) === 0 ? bytes.slice(0, random.below(bytes.length)) : bytes;
}

/** A word in the place of `old`, as a pointer most often: to elsewhere, of another size or kind. */
function worse(old: bigint, random: Random, segments: number, words: number): bigint {
  const number = (below: number) => BigInt(random.below(below));
  switch (random.below(10)) {
    case 0:
      return (number(2 ** 32) << 32n) | number(2 ** 32);
    case 1:
      return TROUBLE[random.below(TROUBLE.length)] ?? 0n;
    case 2:
      return old ^ (1n << number(3)); // its kind
    case 3:
      return (old & 0xffff_ffffn) | (number(2 ** 32) << 32n); // its sizes
    case 4:
      return (old & ~0xffff_fffcn) | (number(2 ** 30) << 2n); // its offset
    case 5:
    case 6: // a far pointer, single or double, to somewhere in a segment that may be there
      return 2n | (number(2) << 2n) | (number(words + 2) << 3n) | (number(segments + 1) << 32n);
    case 7: // one or a few further, or larger
    case 8:
      return BigInt.asUintN(64, old + ((number(16) - 8n) << (random.below(2) === 0 ? 2n : 35n)));
    default:
      return old ^ (1n << number(64));
  }
}

const TROUBLE: readonly bigint[] = [0n, 1n, 2n, 3n, 4n, 6n, 2n ** 64n - 1n, 0xffff_fff8_0000_0001n];
