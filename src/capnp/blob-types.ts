/** Text and Data as types: of list elements, of generic parameters, of a message's root. */
import { readData, readText } from "./blob.ts";
import { writeData, writeText } from "./blob-write.ts";
import { PointerCodec } from "./codec.ts";
import { type PointerType } from "./pointer-type.ts";
import { type Segment } from "./segment.ts";

class TextCodec extends PointerCodec<string, string, string> {
  override read(segment: Segment, at: number): string | undefined {
    return readText(segment, at);
  }
  override absent(): string {
    return "";
  }
  override build(segment: Segment, at: number): string {
    return readText(segment, at) ?? "";
  }
  override write(segment: Segment, at: number, value: string): void {
    writeText(segment, at, value);
  }
}

class DataCodec extends PointerCodec<Uint8Array, Uint8Array, Uint8Array> {
  override read(segment: Segment, at: number): Uint8Array | undefined {
    return readData(segment, at);
  }
  override absent(): Uint8Array {
    return new Uint8Array(0);
  }
  override build(segment: Segment, at: number): Uint8Array {
    return readData(segment, at) ?? this.absent();
  }
  override write(segment: Segment, at: number, value: Uint8Array): void {
    writeData(segment, at, value);
  }
}

type BlobType<T> = PointerCodec<T, T, T> & PointerType<T, T, object>;

/** UTF-8, as a string; its final NUL is no part of it. */
export const Text: BlobType<string> = new TextCodec();
/** Bytes; read, they are a view of the message. */
export const Data: BlobType<Uint8Array> = new DataCodec();
