/**
 * compact, the records of secret-handshake-cpp. A frame is `len_u16be ‖ tag ‖ ciphertext`,
 * XChaCha20-Poly1305-IETF without additional data, under a 192-bit little-endian counter that goes
 * up by one a frame. An empty frame shows life. There is no goodbye: the end is a bare FIN, so a
 * cut between two frames cannot be told from it.
 */
import { ByteQueue } from "../base/index.ts";
import { sealedAfterGoodbye, ShsError } from "./error.ts";
import { incrementLittleEndian } from "./nonce.ts";
import { recordCipher } from "./primitives.ts";
import { type Ending, type Sealer } from "./record.ts";
import { type Found, RecordOpener } from "./record-opener.ts";
import { sealedBlock } from "./sealed-block.ts";

const LENGTH_BYTES = 2;
const TAG_BYTES = 16;
const OVERHEAD_BYTES = LENGTH_BYTES + TAG_BYTES;
const MAX_TEXT_BYTES = 0xffff;

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
    const sealed: Uint8Array[] = [];
    for (let left = Math.min(plaintext.length, maxBytes); left > 0; left -= MAX_TEXT_BYTES) {
      sealed.push(this.#sealFrame(plaintext, Math.min(left, MAX_TEXT_BYTES)));
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
    return this.#sealFrame(new ByteQueue(), 0);
  }

  /** None: the peer shows life of its own accord. */
  pong(): undefined {
    return undefined;
  }

  closeReason(): undefined {
    return undefined;
  }

  #sealFrame(plaintext: ByteQueue, length: number): Uint8Array {
    const frame = sealedBlock(OVERHEAD_BYTES + length);
    frame[0] = length >>> 8;
    frame[1] = length & 0xff;
    const tag = frame.subarray(LENGTH_BYTES, OVERHEAD_BYTES);
    const to = frame.subarray(OVERHEAD_BYTES);
    const text = plaintext.takeOrCopy(length, to);
    recordCipher().sealXChaCha(to, tag, text, this.#nonce, this.#key);
    incrementLittleEndian(this.#nonce);
    return frame;
  }
}

export class CompactOpener extends RecordOpener {
  readonly #key: Uint8Array;
  readonly #nonce: Uint8Array;
  /** Of the frame whose rest is awaited. */
  #length: number | undefined;

  /** `nonce` has 24 bytes; both arguments are copied. */
  constructor(key: Uint8Array, nonce: Uint8Array) {
    super();
    this.#key = Uint8Array.from(key);
    this.#nonce = Uint8Array.from(nonce);
  }

  override get ending(): Ending {
    return this.midRecord ? "truncated" : "unknown";
  }

  get midRecord(): boolean {
    return this.#length !== undefined || this.received.length > 0;
  }

  protected needs(): number | undefined {
    if (this.#length === undefined) {
      if (this.received.length < LENGTH_BYTES) return undefined;
      const [high = 0, low = 0] = this.received.take(LENGTH_BYTES);
      this.#length = (high << 8) | low;
    }
    return this.received.length < TAG_BYTES + this.#length ? undefined : this.#length;
  }

  protected open(room: Uint8Array): Found {
    const tag = this.received.take(TAG_BYTES);
    const text = this.received.takeOrCopy(room.length, room);
    if (!recordCipher().openXChaCha(room, tag, text, this.#nonce, this.#key)) {
      throw new ShsError("RECORD_FORGED", "a frame was tampered with");
    }
    incrementLittleEndian(this.#nonce);
    this.#length = undefined;
    return room.length === 0 ? [{ is: "ping" }] : room.length;
  }
}
