/**
 * box-stream, Scuttlebutt's records. Record `i` is a header, the box under nonce N+2i of
 * `len_u16be ‖ bodyTag`, then the body's ciphertext under nonce N+2i+1. Goodbye is the box of 18
 * zero bytes at the next header nonce. N counts up as a 192-bit big-endian number and wraps.
 */
import { type ByteQueue } from "../base/index.ts";
import { type Arena, ARENA_BYTES, copyOut } from "./arena.ts";
import { sealedAfterGoodbye, ShsError } from "./error.ts";
import { incrementBigEndian } from "./nonce.ts";
import { arena } from "./primitives.ts";
import { type Sealer } from "./record.ts";
import { type Found, RecordOpener } from "./record-opener.ts";

const TAG_BYTES = 16;
const HEADER_TEXT_BYTES = 2 + TAG_BYTES;
const HEADER_BYTES = TAG_BYTES + HEADER_TEXT_BYTES;
const MAX_BODY_BYTES = 4096;
const MAX_RECORD_BYTES = HEADER_BYTES + MAX_BODY_BYTES;

export class BoxStreamSealer implements Sealer {
  readonly showsLife = "none";
  readonly #key: Uint8Array;
  readonly #nonce: Uint8Array;
  #saidGoodbye = false;

  /** `nonce` has 24 bytes; both arguments are copied. */
  constructor(key: Uint8Array, nonce: Uint8Array) {
    this.#key = Uint8Array.from(key);
    this.#nonce = Uint8Array.from(nonce);
  }

  seal(plaintext: ByteQueue, maxBytes = Infinity): readonly Uint8Array[] {
    if (this.#saidGoodbye) throw sealedAfterGoodbye();
    const block = arena();
    block.useKey(this.#key);
    const sealed: Uint8Array[] = [];
    const keep = Math.max(0, plaintext.length - maxBytes);
    while (plaintext.length > keep) sealed.push(this.#sealBatch(block, plaintext, keep));
    return sealed;
  }

  goodbye(): Uint8Array {
    if (this.#saidGoodbye) throw sealedAfterGoodbye();
    this.#saidGoodbye = true;
    const block = arena();
    block.useKey(this.#key);
    block.bytes.fill(0, TAG_BYTES, HEADER_BYTES);
    block.sealBox({ at: TAG_BYTES, length: HEADER_TEXT_BYTES, tagAt: 0 }, this.#nonce);
    return copyOut(block, HEADER_BYTES);
  }

  /** None: life is shown by TCP's own keepalive. */
  ping(): undefined {
    return undefined;
  }

  pong(): undefined {
    return undefined;
  }

  closeReason(): undefined {
    return undefined;
  }

  /** As many records as the arena holds, until `keep` bytes are left. */
  #sealBatch(block: Arena, plaintext: ByteQueue, keep: number): Uint8Array {
    let at = 0;
    while (plaintext.length > keep && at + MAX_RECORD_BYTES <= ARENA_BYTES) {
      const length = Math.min(plaintext.length - keep, MAX_BODY_BYTES);
      this.#sealRecord(block, at, length, plaintext);
      at += HEADER_BYTES + length;
    }
    return copyOut(block, at);
  }

  #sealRecord(block: Arena, at: number, length: number, plaintext: ByteQueue): void {
    const header = { at: at + TAG_BYTES, length: HEADER_TEXT_BYTES, tagAt: at };
    const body = { at: at + HEADER_BYTES, length, tagAt: header.at + 2 }; // its tag: in the header
    const headerNonce = this.#nonce.slice();
    incrementBigEndian(this.#nonce);
    const bytes = block.bytes;
    bytes[header.at] = length >>> 8;
    bytes[header.at + 1] = length & 0xff;
    plaintext.copyInto(bytes, body.at, length);
    block.sealBox(body, this.#nonce);
    incrementBigEndian(this.#nonce);
    block.sealBox(header, headerNonce);
  }
}

interface Header {
  readonly length: number;
  /** Of the body. */
  readonly tag: Uint8Array;
}

export class BoxStreamOpener extends RecordOpener {
  readonly #nonce: Uint8Array;
  /** Of the record whose body is awaited. */
  #header: Header | undefined;

  /** `nonce` has 24 bytes; both arguments are copied. */
  constructor(key: Uint8Array, nonce: Uint8Array) {
    super(key, MAX_RECORD_BYTES);
    this.#nonce = Uint8Array.from(nonce);
  }

  get midRecord(): boolean {
    return this.#header !== undefined || this.received.length > 0;
  }

  protected open(block: Arena, at: number): Found {
    if (this.#header === undefined) {
      if (this.received.length < HEADER_BYTES) return undefined;
      this.#header = this.#openHeader(block, at);
      if (this.#header === undefined) return [{ is: "goodbye" }];
    }
    if (this.received.length < this.#header.length) return undefined;
    this.#openBody(block, at, this.#header);
    const { length } = this.#header;
    this.#header = undefined;
    return length;
  }

  /** `undefined` is the goodbye. */
  #openHeader(block: Arena, at: number): Header | undefined {
    const text = { at: at + TAG_BYTES, length: HEADER_TEXT_BYTES, tagAt: at };
    this.received.copyInto(block.bytes, at, HEADER_BYTES);
    if (!block.openBox(text, this.#nonce)) {
      throw new ShsError("RECORD_FORGED", "a record's header was tampered with");
    }
    incrementBigEndian(this.#nonce);
    const header = block.bytes.slice(text.at, text.at + HEADER_TEXT_BYTES);
    if (header.every((byte) => byte === 0)) return undefined;
    const length = new DataView(header.buffer).getUint16(0);
    if (length === 0) throw new ShsError("RECORD_EMPTY", "a record of length 0");
    if (length > MAX_BODY_BYTES) {
      throw new ShsError("RECORD_LENGTH", `a record of ${length} bytes, above ${MAX_BODY_BYTES}`);
    }
    return { length, tag: header.subarray(2) };
  }

  #openBody(block: Arena, at: number, { length, tag }: Header): void {
    const bytes = block.bytes;
    this.received.copyInto(bytes, at, length);
    bytes.set(tag, at + length);
    if (!block.openBox({ at, length, tagAt: at + length }, this.#nonce)) {
      throw new ShsError("RECORD_FORGED", "a record's body was tampered with");
    }
    incrementBigEndian(this.#nonce);
  }
}
