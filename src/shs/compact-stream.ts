/**
 * compact, the records of secret-handshake-cpp. A frame is `len_u16be ‖ tag ‖ ciphertext`,
 * XChaCha20-Poly1305-IETF without additional data, under a 192-bit little-endian counter that goes
 * up by one a frame. An empty frame shows life. There is no goodbye: the end is a bare FIN, so a
 * cut between two frames cannot be told from it.
 */
import { type ByteQueue } from "../base/index.ts";
import { type Arena, ARENA_BYTES, copyOut } from "./arena.ts";
import { sealedAfterGoodbye, ShsError } from "./error.ts";
import { incrementLittleEndian } from "./nonce.ts";
import { arena } from "./primitives.ts";
import { type Ending, type Sealer } from "./record.ts";
import { type Found, RecordOpener } from "./record-opener.ts";

const LENGTH_BYTES = 2;
const TAG_BYTES = 16;
const OVERHEAD_BYTES = LENGTH_BYTES + TAG_BYTES;
const MAX_TEXT_BYTES = 0xffff;
const MAX_FRAME_BYTES = OVERHEAD_BYTES + MAX_TEXT_BYTES;

export class CompactSealer implements Sealer {
  readonly showsLife = "one-way";
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
    while (plaintext.length > keep) {
      let at = 0;
      while (plaintext.length > keep && at + MAX_FRAME_BYTES <= ARENA_BYTES) {
        const length = Math.min(plaintext.length - keep, MAX_TEXT_BYTES);
        plaintext.copyInto(block.bytes, at + OVERHEAD_BYTES, length);
        at += this.#sealFrame(block, at, length);
      }
      sealed.push(copyOut(block, at));
    }
    return sealed;
  }

  /** Nothing on the wire; from here on it is a FIN that speaks. */
  goodbye(): Uint8Array {
    if (this.#saidGoodbye) throw sealedAfterGoodbye();
    this.#saidGoodbye = true;
    return new Uint8Array(0);
  }

  ping(): Uint8Array {
    if (this.#saidGoodbye) throw sealedAfterGoodbye();
    const block = arena();
    block.useKey(this.#key);
    return copyOut(block, this.#sealFrame(block, 0, 0));
  }

  /** None: the peer shows life of its own accord. */
  pong(): undefined {
    return undefined;
  }

  closeReason(): undefined {
    return undefined;
  }

  /** Seals the plaintext that lies where the frame's will; returns the bytes of the frame. */
  #sealFrame(block: Arena, at: number, length: number): number {
    const bytes = block.bytes;
    bytes[at] = length >>> 8;
    bytes[at + 1] = length & 0xff;
    block.sealXChaCha({ at: at + OVERHEAD_BYTES, length, tagAt: at + LENGTH_BYTES }, this.#nonce);
    incrementLittleEndian(this.#nonce);
    return OVERHEAD_BYTES + length;
  }
}

export class CompactOpener extends RecordOpener {
  readonly #nonce: Uint8Array;
  /** Of the frame whose rest is awaited. */
  #length: number | undefined;

  /** `nonce` has 24 bytes; both arguments are copied. */
  constructor(key: Uint8Array, nonce: Uint8Array) {
    super(key, MAX_FRAME_BYTES);
    this.#nonce = Uint8Array.from(nonce);
  }

  override get ending(): Ending {
    return this.midRecord ? "truncated" : "unknown";
  }

  get midRecord(): boolean {
    return this.#length !== undefined || this.received.length > 0;
  }

  protected open(block: Arena, at: number): Found {
    if (this.#length === undefined) {
      if (this.received.length < LENGTH_BYTES) return undefined;
      const [high = 0, low = 0] = this.received.take(LENGTH_BYTES);
      this.#length = (high << 8) | low;
    }
    const length = this.#length;
    if (this.received.length < TAG_BYTES + length) return undefined;
    // The text goes where it stays; the tag, which comes first, behind it.
    const tagAt = at + length;
    const tag = this.received.take(TAG_BYTES);
    const bytes = block.bytes;
    this.received.copyInto(bytes, at, length);
    bytes.set(tag, tagAt);
    if (!block.openXChaCha({ at, length, tagAt }, this.#nonce)) {
      throw new ShsError("RECORD_FORGED", "a frame was tampered with");
    }
    incrementLittleEndian(this.#nonce);
    this.#length = undefined;
    return length === 0 ? [{ is: "ping" }] : length;
  }
}
