/**
 * Structs of the library capnp-ts as parameters and results of our calls. They are copied at the
 * edge, by our reader and within its limits, so that neither side holds memory of the other's:
 * capnp-ts writes into the messages that it reads, and follows pointers however deep they go.
 */
import type * as upstream from "capnp-ts";
import {
  BuildArena,
  initStructList,
  type CapabilitySource,
  CapnpError,
  PointerCodec,
  copyFields,
  copyStructTo,
  framed,
  COPIES_OF_A_WORD,
  MAX_NESTING,
  MIN_COPY_WORDS,
  WORD_BYTES,
  ElementSize,
  type ListView,
  readAnyList,
  readStruct,
  Arena,
  budgetFor,
  bufferOf,
  Segment,
  viewOf,
  type FaceOf,
  type StructType,
  DEFAULT_STRUCT,
  type StructView,
} from "../capnp/index.ts";
import { CapnpTsCapabilities } from "./capnp-ts-capabilities.ts";
import { capnpTs, newCapnpTsStruct } from "./capnp-ts-library.ts";

/** What fills a struct of capnp-ts: another one, a function that fills it, or its plain shape. */
export type CapnpTsInit<S extends upstream.Struct> = S | upstream.ParamsInit<S>;

/** A struct of capnp-ts, as the whole of a method's parameters or results; it builds elsewhere. */
export type CapnpTsStruct<S extends upstream.Struct> = StructType<S, never, CapnpTsInit<S>>;

const types = new WeakMap<object, unknown>();

/** The type of a struct class that capnp-ts's generator made; one a class. */
export function capnpTsStruct<S extends upstream.Struct>(
  Class: upstream.StructCtor<S>,
): CapnpTsStruct<S> {
  let type = types.get(Class) as CapnpTsStruct<S> | undefined; // kept under its own class
  if (type === undefined) types.set(Class, (type = new CapnpTsCodec(Class)));
  return type;
}

class CapnpTsCodec<S extends upstream.Struct>
  extends PointerCodec<S, CapnpTsInit<S>, never>
  implements StructType<S, never, CapnpTsInit<S>>
{
  readonly name: string;
  readonly id: bigint;
  readonly dataWords: number;
  readonly pointerCount: number;
  readonly Reader: FaceOf<S>;
  readonly Builder = notInPlace as unknown as FaceOf<never>; // which gives nothing
  readonly Pipeline = undefined;
  readonly fields: readonly string[] = [];
  override readonly size = ElementSize.composite;
  readonly #Class: upstream.StructCtor<S>;

  constructor(Class: upstream.StructCtor<S>) {
    super();
    const { displayName, id, size } = Class._capnp;
    this.name = displayName;
    this.id = BigInt(`0x${id}`);
    this.dataWords = Math.ceil(size.dataByteLength / WORD_BYTES);
    this.pointerCount = size.pointerLength;
    this.#Class = Class;
    const copyOut = (view: StructView) => this.#copyOut(view);
    // What a constructor returns is what `new` gives: here an instance of the generated class.
    this.Reader = function (view: StructView) {
      return copyOut(view);
    } as unknown as FaceOf<S>;
  }

  override read(segment: Segment, at: number, depth: number): S | undefined {
    const view = readStruct(segment, at, depth);
    return view === undefined ? undefined : this.#copyOut(view);
  }

  override absent(message?: Segment): S {
    return disposable(newCapnpTsStruct(this.#Class), message?.arena.caps);
  }

  override build(): never {
    return notInPlace();
  }

  override write(segment: Segment, at: number, value: CapnpTsInit<S>): void {
    const source = viewOfStruct(this.#made(value));
    asCaller(() =>
      copyStructTo(source, segment, at, this.dataWords, this.pointerCount, "translated"),
    );
  }

  override readElement(list: ListView, index: number): S {
    return this.#copyOut(list.struct(index));
  }

  override initElements(segment: Segment, at: number, length: number): ListView {
    return initStructList(segment, at, length, this.dataWords, this.pointerCount);
  }

  override writeElement(list: ListView, index: number, value: CapnpTsInit<S>): void {
    const source = viewOfStruct(this.#made(value));
    asCaller(() => copyFields(source, list.struct(index), "translated"));
  }

  /** The struct itself, or a new one filled as capnp-ts fills it. */
  #made(value: CapnpTsInit<S>): upstream.Struct {
    const { Struct, applyParams } = capnpTs();
    if (value instanceof Struct) return value;
    const made = newCapnpTsStruct(this.#Class);
    applyParams(value, made);
    return made;
  }

  /** Copies within a budget in proportion to what was received: a small message stays small. */
  #copyOut(view: StructView): S {
    const { arena } = view.segment;
    const { budgetWords } = arena;
    arena.budgetWords = Math.max(MIN_COPY_WORDS, arena.sizeWords * COPIES_OF_A_WORD);
    const copy = new BuildArena(1);
    const capabilities = new CapnpTsCapabilities([], capnpTsStruct);
    copy.caps = capabilities;
    try {
      const { first } = copy;
      copyStructTo(view, first, first.start, this.dataWords, this.pointerCount, "translated");
    } finally {
      arena.budgetWords = budgetWords;
    }
    const { Message } = capnpTs();
    const message = new Message(framed(copy), false);
    message._capnp.capTable = capabilities.clients;
    return disposable(message.getRoot(this.#Class), arena.caps);
  }
}

/** Results are disposable, whoever made their class, and own all capabilities that came along. */
function disposable<S extends upstream.Struct>(struct: S, received?: CapabilitySource): S {
  return Object.defineProperty(struct, Symbol.dispose, {
    value() {
      for (const client of struct.segment.message._capnp.capTable ?? []) client?.dispose();
      received?.dispose();
    },
  });
}

/** Where a struct of capnp-ts lies, seen by our reader; nothing is copied. */
function viewOfStruct(struct: upstream.Struct): StructView {
  const { segment, byteOffset } = struct;
  const arena = new Arena(0);
  arena.caps = new CapnpTsCapabilities(segment.message._capnp.capTable ?? [], capnpTsStruct);
  for (const { id, buffer, byteLength } of segment.message._capnp.segments) {
    const bytes = new Uint8Array(buffer, 0, byteLength);
    arena.add(new Segment(arena, id, viewOf(bytes), bufferOf(bytes), 0, byteLength));
  }
  arena.budgetWords = budgetFor(arena.sizeWords);
  return asCaller(() => {
    const { compositeIndex } = struct._capnp;
    const home = arena.segments[segment.id];
    if (home === undefined) return DEFAULT_STRUCT;
    const view =
      compositeIndex === undefined
        ? readStruct(home, byteOffset, MAX_NESTING)
        : readAnyList(home, byteOffset, MAX_NESTING)?.struct(compositeIndex);
    // capnp-ts leaves the pointer to a struct of no size null.
    return view ?? DEFAULT_STRUCT;
  });
}

/** Whatever is wrong with a struct that is handed in is wrong at this end. */
function asCaller<T>(copy: () => T): T {
  try {
    return copy();
  } catch (error) {
    if (!(error instanceof CapnpError) || error.blame !== "peer") throw error;
    throw new CapnpError(error.code, error.message, "caller");
  }
}

/** The builder that these types do not have. */
function notInPlace(): never {
  const why = "a struct of capnp-ts is filled in a message of its own, then returned";
  throw new CapnpError("WRONG_KIND", why, "caller");
}
