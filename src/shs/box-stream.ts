/**
 * box-stream, Scuttlebutt's records. Record `i` is a header, the box under nonce N+2i of
 * `len_u16be ‖ bodyTag`, then the body's ciphertext under nonce N+2i+1. Goodbye is the box of 18
 * zero bytes at the next header nonce. N counts up as a 192-bit big-endian number and wraps.
 */
import { ByteQueue } from "../base/index.ts";
import { ShsError } from "./error.ts";
import { ARENA_BYTES, type Arena, arena } from "./primitives.ts";
import { type Ending, type Opener, type Received, type Sealer } from "./record.ts";

const TAG_BYTES = 16;
const HEADER_TEXT_BYTES = 2 + TAG_BYTES;
const HEADER_BYTES = TAG_BYTES + HEADER_TEXT_BYTES;
const MAX_BODY_BYTES = 4096;
const MAX_RECORD_BYTES = HEADER_BYTES + MAX_BODY_BYTES;

export class BoxStreamSealer implements Sealer {
  readonly #key: Uint8Array;
  readonly #nonce: Uint8Array;
  #saidGoodbye = false;

  /** `nonce` has 24 bytes; both arguments are copied. */
  constructor(key: Uint8Array, nonce: Uint8Array) {
    this.#key = Uint8Array.from(key);
    this.#nonce = Uint8Array.from(nonce);
  }

  seal(plaintext: ByteQueue): readonly Uint8Array[] {
    if (this.#saidGoodbye) throw sealedAfterGoodbye();
    const block = arena();
    block.useKey(this.#key);
    const sealed: Uint8Array[] = [];
    while (plaintext.length > 0) sealed.push(this.#sealBatch(block, plaintext));
    return sealed;
  }

  goodbye(): Uint8Array {
    if (this.#saidGoodbye) throw sealedAfterGoodbye();
    this.#saidGoodbye = true;
    const block = arena();
    block.useKey(this.#key);
    block.bytes.fill(0, TAG_BYTES, HEADER_BYTES);
    block.sealBox(TAG_BYTES, HEADER_TEXT_BYTES, 0, this.#nonce);
    return block.bytes.slice(0, HEADER_BYTES);
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

  /** As many records as the arena holds. */
  #sealBatch(block: Arena, plaintext: ByteQueue): Uint8Array {
    let at = 0;
    while (plaintext.length > 0 && at + MAX_RECORD_BYTES <= ARENA_BYTES) {
      const length = Math.min(plaintext.length, MAX_BODY_BYTES);
      this.#sealRecord(block, at, length, plaintext);
      at += HEADER_BYTES + length;
    }
    return block.bytes.slice(0, at);
  }

  #sealRecord(block: Arena, at: number, length: number, plaintext: ByteQueue): void {
    const headerText = at + TAG_BYTES;
    const body = at + HEADER_BYTES;
    const headerNonce = this.#nonce.slice();
    increment(this.#nonce);
    const bytes = block.bytes;
    bytes[headerText] = length >>> 8;
    bytes[headerText + 1] = length & 0xff;
    plaintext.copyInto(bytes, body, length);
    block.sealBox(body, length, headerText + 2, this.#nonce); // the body's tag goes into the header
    increment(this.#nonce);
    block.sealBox(headerText, HEADER_TEXT_BYTES, at, headerNonce);
  }
}

/** `awaiting header`: between records. `awaiting body`: the header said how much. */
type State =
  | { readonly is: "awaiting header" }
  | { readonly is: "awaiting body"; readonly length: number; readonly tag: Uint8Array }
  | { readonly is: "ended" }
  | { readonly is: "broken"; readonly error: ShsError };

const AWAITING_HEADER: State = { is: "awaiting header" };

export class BoxStreamOpener implements Opener {
  readonly #key: Uint8Array;
  readonly #nonce: Uint8Array;
  readonly #received = new ByteQueue();
  #state: State = AWAITING_HEADER;
  #toldGoodbye = false;

  /** `nonce` has 24 bytes; both arguments are copied. */
  constructor(key: Uint8Array, nonce: Uint8Array) {
    this.#key = Uint8Array.from(key);
    this.#nonce = Uint8Array.from(nonce);
  }

  get ending(): Ending {
    return this.#state.is === "ended" ? "goodbye" : "truncated";
  }

  get midRecord(): boolean {
    return this.#state.is === "awaiting body" || this.#received.length > 0;
  }

  push(chunk: Uint8Array): void {
    this.#received.push(chunk);
  }

  next(): Received | undefined {
    const block = arena();
    block.useKey(this.#key);
    let opened = 0; // plaintext gathers at the start of the arena
    for (;;) {
      const state = this.#state;
      switch (state.is) {
        case "awaiting header":
          if (this.#received.length >= HEADER_BYTES && opened + MAX_RECORD_BYTES <= ARENA_BYTES) {
            this.#state = this.#openHeader(block, opened);
            continue;
          }
          return opened > 0 ? dataOf(block, opened) : undefined;
        case "awaiting body":
          if (this.#received.length >= state.length) {
            this.#state = this.#openBody(block, opened, state);
            if (this.#state === AWAITING_HEADER) opened += state.length;
            continue;
          }
          return opened > 0 ? dataOf(block, opened) : undefined;
        case "ended":
          if (opened > 0) return dataOf(block, opened);
          return this.#afterTheEnd();
        case "broken":
          if (opened > 0) return dataOf(block, opened);
          throw state.error;
        default:
          return state satisfies never;
      }
    }
  }

  #afterTheEnd(): Received | undefined {
    if (!this.#toldGoodbye) {
      this.#toldGoodbye = true;
      return { is: "goodbye" };
    }
    if (this.#received.length === 0) return undefined;
    const error = new ShsError("AFTER_GOODBYE", "the peer sent bytes after its goodbye");
    this.#state = { is: "broken", error };
    throw error;
  }

  #openHeader(block: Arena, at: number): State {
    const text = at + TAG_BYTES;
    this.#received.copyInto(block.bytes, at, HEADER_BYTES);
    if (!block.openBox(text, HEADER_TEXT_BYTES, at, this.#nonce)) {
      return broken("RECORD_FORGED", "a record's header was tampered with");
    }
    increment(this.#nonce);
    const header = block.bytes.slice(text, text + HEADER_TEXT_BYTES);
    if (header.every((byte) => byte === 0)) return { is: "ended" };
    const length = new DataView(header.buffer).getUint16(0);
    if (length === 0) return broken("RECORD_EMPTY", "a record of length 0");
    if (length > MAX_BODY_BYTES) {
      return broken("RECORD_LENGTH", `a record of ${length} bytes, above ${MAX_BODY_BYTES}`);
    }
    return { is: "awaiting body", length, tag: header.subarray(2) };
  }

  #openBody(block: Arena, at: number, { length, tag }: State & { is: "awaiting body" }): State {
    const bytes = block.bytes;
    this.#received.copyInto(bytes, at, length);
    bytes.set(tag, at + length);
    if (!block.openBox(at, length, at + length, this.#nonce)) {
      return broken("RECORD_FORGED", "a record's body was tampered with");
    }
    increment(this.#nonce);
    return AWAITING_HEADER;
  }
}

function dataOf(block: Arena, length: number): Received {
  return { is: "data", bytes: block.bytes.slice(0, length) };
}

function broken(code: "RECORD_FORGED" | "RECORD_EMPTY" | "RECORD_LENGTH", message: string): State {
  return { is: "broken", error: new ShsError(code, message) };
}

function sealedAfterGoodbye(): ShsError {
  return new ShsError("SEALED_AFTER_GOODBYE", "nothing can be sent after our goodbye");
}

/** One up, as a big-endian number that wraps. */
function increment(nonce: Uint8Array): void {
  for (let index = nonce.length - 1; index >= 0; index -= 1) {
    const byte = ((nonce[index] ?? 0) + 1) & 0xff;
    nonce[index] = byte;
    if (byte !== 0) return;
  }
}
