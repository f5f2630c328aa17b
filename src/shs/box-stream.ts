/**
 * box-stream, Scuttlebutt's records. Record `i` is a header, the box under nonce N+2i of
 * `len_u16be ‖ bodyTag`, then the body's ciphertext under nonce N+2i+1. Goodbye is the box of 18
 * zero bytes at the next header nonce. N counts up as a 192-bit big-endian number and wraps.
 */
import { type ByteQueue } from "../base/index.ts";
import { sealedAfterGoodbye, ShsError } from "./error.ts";
import { incrementBigEndian } from "./nonce.ts";
import { recordCipher } from "./primitives.ts";
import { type Sealer } from "./record.ts";
import { type Found, RecordOpener } from "./record-opener.ts";
import { BLOCK_BYTES, sealedBlock } from "./sealed-block.ts";

const TAG_BYTES = 16;
const HEADER_TEXT_BYTES = 2 + TAG_BYTES;
const HEADER_BYTES = TAG_BYTES + HEADER_TEXT_BYTES;
const MAX_BODY_BYTES = 4096;
const MAX_RECORD_BYTES = HEADER_BYTES + MAX_BODY_BYTES;

/** Plaintext of the records that share a block. */
const BATCH_BYTES = Math.floor(BLOCK_BYTES / MAX_RECORD_BYTES) * MAX_BODY_BYTES;

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
    const sealed: Uint8Array[] = [];
    for (let left = Math.min(plaintext.length, maxBytes); left > 0; left -= BATCH_BYTES) {
      sealed.push(this.#sealBatch(plaintext, Math.min(left, BATCH_BYTES)));
    }
    return sealed;
  }

  goodbye(): Uint8Array {
    if (this.#saidGoodbye) throw sealedAfterGoodbye();
    this.#saidGoodbye = true;
    const sealed = new Uint8Array(HEADER_BYTES);
    this.#sealHeader(sealed, this.#nonce);
    return sealed;
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

  #sealBatch(plaintext: ByteQueue, length: number): Uint8Array {
    const records = Math.ceil(length / MAX_BODY_BYTES);
    const sealed = sealedBlock(length + records * HEADER_BYTES);
    for (let at = 0, left = length; left > 0; at += MAX_RECORD_BYTES, left -= MAX_BODY_BYTES) {
      this.#sealRecord(sealed.subarray(at, at + MAX_RECORD_BYTES), plaintext);
    }
    return sealed;
  }

  /** Fills the record, which has room for exactly one. */
  #sealRecord(record: Uint8Array, plaintext: ByteQueue): void {
    const body = record.subarray(HEADER_BYTES);
    record[TAG_BYTES] = body.length >>> 8;
    record[TAG_BYTES + 1] = body.length & 0xff;
    const bodyTag = record.subarray(TAG_BYTES + 2, HEADER_BYTES);
    const text = plaintext.takeOrCopy(body.length, body);
    HEADER_NONCE.set(this.#nonce);
    incrementBigEndian(this.#nonce);
    recordCipher().sealBox(body, bodyTag, text, this.#nonce, this.#key);
    incrementBigEndian(this.#nonce);
    this.#sealHeader(record, HEADER_NONCE);
  }

  /** Seals the header's text where it lies, and puts its tag before it. */
  #sealHeader(record: Uint8Array, nonce: Uint8Array): void {
    const text = record.subarray(TAG_BYTES, HEADER_BYTES);
    recordCipher().sealBox(text, record.subarray(0, TAG_BYTES), text, nonce, this.#key);
  }
}

/** The nonce of the header that is sealed last: its text holds the tag of the body. */
const HEADER_NONCE = new Uint8Array(24);

interface Header {
  readonly is: "header";
  readonly length: number;
  /** Of the body. */
  readonly tag: Uint8Array;
}

export class BoxStreamOpener extends RecordOpener {
  readonly #key: Uint8Array;
  readonly #nonce: Uint8Array;
  /** Of the record whose body is awaited, or the last there is. */
  #header: Header | { readonly is: "goodbye" } | undefined;

  /** `nonce` has 24 bytes; both arguments are copied. */
  constructor(key: Uint8Array, nonce: Uint8Array) {
    super();
    this.#key = Uint8Array.from(key);
    this.#nonce = Uint8Array.from(nonce);
  }

  get midRecord(): boolean {
    return this.#header?.is === "header" || this.received.length > 0;
  }

  protected needs(): number | undefined {
    if (this.#header === undefined) {
      if (this.received.length < HEADER_BYTES) return undefined;
      this.#header = this.#openHeader();
    }
    if (this.#header.is === "goodbye") return 0;
    return this.received.length < this.#header.length ? undefined : this.#header.length;
  }

  protected open(room: Uint8Array): Found {
    const header = this.#header;
    if (header?.is !== "header") return [{ is: "goodbye" }];
    const text = this.received.takeOrCopy(header.length, room);
    if (!recordCipher().openBox(room, header.tag, text, this.#nonce, this.#key)) {
      throw new ShsError("RECORD_FORGED", "a record's body was tampered with");
    }
    incrementBigEndian(this.#nonce);
    this.#header = undefined;
    return header.length;
  }

  #openHeader(): Header | { readonly is: "goodbye" } {
    const sealed = this.received.take(HEADER_BYTES);
    const [tag, text] = [sealed.subarray(0, TAG_BYTES), sealed.subarray(TAG_BYTES)];
    const header = new Uint8Array(HEADER_TEXT_BYTES);
    if (!recordCipher().openBox(header, tag, text, this.#nonce, this.#key)) {
      throw new ShsError("RECORD_FORGED", "a record's header was tampered with");
    }
    incrementBigEndian(this.#nonce);
    if (header.every((byte) => byte === 0)) return { is: "goodbye" };
    const length = new DataView(header.buffer).getUint16(0);
    if (length === 0) throw new ShsError("RECORD_EMPTY", "a record of length 0");
    if (length > MAX_BODY_BYTES) {
      throw new ShsError("RECORD_LENGTH", `a record of ${length} bytes, above ${MAX_BODY_BYTES}`);
    }
    return { is: "header", length, tag: header.subarray(2) };
  }
}
