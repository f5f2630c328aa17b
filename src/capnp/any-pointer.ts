import { inspect } from "node:util";
import { PointerCodec } from "./codec.ts";
import { copyPointer } from "./copy.ts";
import { pointerCodecOf } from "./capability-field.ts";
import { isNull, kindOf } from "./pointer.ts";
import { MAX_NESTING } from "./limits.ts";
import { type PointerType } from "./pointer-type.ts";
import { type Segment } from "./segment.ts";
import { NOWHERE } from "./struct-view.ts";
import { ValueError } from "./value-error.ts";

/** What a pointer of unknown type may lead to. */
export type AnyKind = "null" | "struct" | "list" | "capability";

/** A pointer whose type is not in the schema: `AnyPointer`, `AnyStruct`, `AnyList`. */
export interface AnyPointerReader {
  readonly kind: AnyKind;
  /** Reads it as a value of this type; null reads as the type's default. */
  as<Reader>(type: PointerType<Reader>): Reader;
}

/** A pointer of unknown type in a message under construction. */
export interface AnyPointerBuilder extends AnyPointerReader {
  /** Edits it as a value of this type; null becomes an empty one first. */
  edit<Builder>(type: PointerCodec<unknown, unknown, Builder>): Builder;
  set(value: AnyPointerInit): void;
}

/** What such a field is filled from: another one, or a value together with its type. */
export type AnyPointerInit = AnyPointerReader | AnyValue;

/** A value that says its own type; made by `any`. */
export class AnyValue {
  readonly write: (segment: Segment, at: number) => void;

  constructor(write: (segment: Segment, at: number) => void) {
    this.write = write;
  }
}

/** A value for a field of unknown type: `any(Book, { title: "Emma" })`. */
export function any<Init>(type: PointerType<unknown, Init>, value: Init): AnyValue {
  const codec = pointerCodecOf(type);
  return new AnyValue((segment, at) => codec.write(segment, at, value));
}

/** One pointer, wherever it stands. */
class AnyPlace implements AnyPointerReader {
  readonly segment: Segment;
  readonly pointer: number;
  readonly depth: number;

  constructor(segment: Segment, pointer: number, depth: number) {
    this.segment = segment;
    this.pointer = pointer;
    this.depth = depth;
  }

  get kind(): AnyKind {
    return kindOf(this.segment, this.pointer) ?? "null";
  }

  as<Reader>(type: PointerType<Reader>): Reader {
    const codec = pointerCodecOf(type);
    return codec.read(this.segment, this.pointer, this.depth) ?? codec.absent();
  }

  toObject(): unknown {
    return this;
  }

  toJSON(): unknown {
    return null;
  }

  [inspect.custom](): string {
    return `AnyPointer(${this.kind})`;
  }
}

class AnyEditor extends AnyPlace implements AnyPointerBuilder {
  edit<Builder>(type: PointerCodec<unknown, unknown, Builder>): Builder {
    return type.build(this.segment, this.pointer);
  }

  set(value: AnyPointerInit): void {
    AnyPointer.replace(this.segment, this.pointer, value);
  }
}

class AnyPointerCodec extends PointerCodec<AnyPointerReader, AnyPointerInit, AnyPointerBuilder> {
  override read(segment: Segment, at: number, depth: number): AnyPointerReader | undefined {
    return isNull(segment, at) ? undefined : new AnyPlace(segment, at, depth);
  }

  override absent(): AnyPointerReader {
    return new AnyPlace(NOWHERE, 0, MAX_NESTING);
  }

  override build(segment: Segment, at: number): AnyPointerBuilder {
    return new AnyEditor(segment, at, MAX_NESTING);
  }

  override write(segment: Segment, at: number, value: AnyPointerInit): void {
    if (value instanceof AnyValue) value.write(segment, at);
    else if (value instanceof AnyPlace) {
      copyPointer(value.segment, value.pointer, value.depth, segment, at, "translated");
    } else throw new ValueError("any(…) or an AnyPointer of a message", value);
  }
}

/** The schema language's `AnyPointer`, `AnyStruct` and `AnyList`. */
export const AnyPointer: PointerCodec<AnyPointerReader, AnyPointerInit, AnyPointerBuilder> &
  PointerType<AnyPointerReader, AnyPointerInit, object> = new AnyPointerCodec();
