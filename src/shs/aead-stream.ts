/**
 * aead64k, the records between handfast nodes: `n_u32be ‖ n bytes of ciphertext ‖ tag`,
 * ChaCha20-Poly1305-IETF with the length as additional data, under `4 zero bytes ‖ u64le counter`.
 * The last plaintext byte is the record's type. README.md has the specification.
 */
import { type ByteQueue } from "../base/index.ts";
import { sealedAfterGoodbye, ShsError } from "./error.ts";
import { AEAD64K_DOMAIN } from "./network.ts";
import { hkdfExpand32, openLarge, recordCipher, sealLarge, wipe } from "./primitives.ts";
import { type CloseReason, type Received, type Sealer } from "./record.ts";
import { type Found, RecordOpener } from "./record-opener.ts";
import { sealedBlock } from "./sealed-block.ts";

/** The type byte. A plain object: enums are not erasable. */
const TYPE = { data: 0, goodbye: 1, ping: 2, pong: 3, closeReason: 4, rekey: 5 } as const;
type RecordType = (typeof TYPE)[keyof typeof TYPE];

const HEADER_BYTES = 4;
const TAG_BYTES = 16;
const MAX_PAYLOAD_BYTES = 65_536;
const MAX_REASON_BYTES = 256;

/** One key seals so many records; the last of them is a rekey. */
export const RECORDS_PER_KEY = 2 ** 24;

export class AeadSealer implements Sealer {
  readonly showsLife = "answered";
  #key: Uint8Array;
  #counter: number;
  #last: "nothing" | "close-reason" | "goodbye" = "nothing";

  /** `counter`: of the first record; not 0 only in tests of the key's end. */
  constructor(key: Uint8Array, counter = 0) {
    this.#key = Uint8Array.from(key);
    this.#counter = counter;
  }

  seal(plaintext: ByteQueue, maxBytes = Infinity): readonly Uint8Array[] {
    if (this.#last !== "nothing") throw sealedAfterGoodbye();
    const sealed: Uint8Array[] = [];
    for (let left = Math.min(plaintext.length, maxBytes); left > 0; left -= MAX_PAYLOAD_BYTES) {
      const length = Math.min(left, MAX_PAYLOAD_BYTES);
      if (this.#counter === RECORDS_PER_KEY - 1) sealed.push(this.#sealRekey());
      if (length < recordCipher().swiftBytes)
        sealed.push(this.#sealSwift(TYPE.data, plaintext, length));
      else this.#sealLarge(plaintext, length, sealed);
    }
    return sealed;
  }

  goodbye(): Uint8Array {
    if (this.#last === "goodbye") throw sealedAfterGoodbye();
    const goodbye = this.#sealControl(TYPE.goodbye);
    this.#last = "goodbye";
    return goodbye;
  }

  ping(): Uint8Array {
    if (this.#last !== "nothing") throw sealedAfterGoodbye();
    return this.#sealControl(TYPE.ping);
  }

  pong(): Uint8Array {
    if (this.#last !== "nothing") throw sealedAfterGoodbye();
    return this.#sealControl(TYPE.pong);
  }

  closeReason({ code, text }: CloseReason): Uint8Array {
    if (this.#last !== "nothing") throw sealedAfterGoodbye();
    const reason = new Uint8Array(2 + MAX_REASON_BYTES);
    new DataView(reason.buffer).setUint16(0, code);
    const { written } = new TextEncoder().encodeInto(text, reason.subarray(2)); // whole characters
    const sealed = this.#sealControl(TYPE.closeReason, reason.subarray(0, 2 + written));
    this.#last = "close-reason";
    return sealed;
  }

  /** Starts a new key, which the old one announces. */
  rekey(): Uint8Array {
    if (this.#last !== "nothing") throw sealedAfterGoodbye();
    return this.#sealRekey();
  }

  #sealControl(type: RecordType, payload = NOTHING): Uint8Array {
    if (this.#counter < RECORDS_PER_KEY - 1) return this.#sealSwift(type, payload, payload.length);
    return Buffer.concat([this.#sealRekey(), this.#sealSwift(type, payload, payload.length)]);
  }

  #sealRekey(): Uint8Array {
    const record = this.#sealSwift(TYPE.rekey, NOTHING, 0);
    this.#key = succeed(this.#key);
    this.#counter = 0;
    return record;
  }

  #sealSwift(type: RecordType, payload: ByteQueue | Uint8Array, length: number): Uint8Array {
    const record = sealedBlock(HEADER_BYTES + length + 1 + TAG_BYTES);
    writeLength(record, length + 1);
    if (payload instanceof Uint8Array) record.set(payload, HEADER_BYTES);
    else payload.copyInto(record, HEADER_BYTES, length);
    record[HEADER_BYTES + length] = type;
    const tagAt = HEADER_BYTES + length + 1;
    const text = record.subarray(HEADER_BYTES, tagAt);
    const [header, tag] = [record.subarray(0, HEADER_BYTES), record.subarray(tagAt)];
    recordCipher().sealChaCha(text, tag, text, this.#nextNonce(), this.#key, header);
    return record;
  }

  #sealLarge(plaintext: ByteQueue, length: number, sealed: Uint8Array[]): void {
    const header = new Uint8Array(HEADER_BYTES);
    writeLength(header, length + 1);
    const parts: Uint8Array[] = [];
    for (let taken = 0; taken < length; taken += parts.at(-1)?.length ?? 0) {
      parts.push(plaintext.takeSome(length - taken));
    }
    parts.push(DATA);
    const { pieces, tag } = sealLarge(parts, this.#key, this.#nextNonce(), header);
    sealed.push(header, ...pieces, tag);
  }

  #nextNonce(): Uint8Array {
    const nonce = nonceOf(this.#counter);
    this.#counter += 1;
    return nonce;
  }
}

export class AeadOpener extends RecordOpener {
  #key: Uint8Array;
  #counter: number;
  /** Of the text of the record whose rest is awaited. */
  #length: number | undefined;
  #heardReason = false;

  /** `counter`: of the first record; not 0 only in tests of the key's end. */
  constructor(key: Uint8Array, counter = 0) {
    super();
    this.#key = Uint8Array.from(key);
    this.#counter = counter;
  }

  get midRecord(): boolean {
    return this.#length !== undefined || this.received.length > 0;
  }

  protected needs(): number | undefined {
    if (this.#length === undefined) {
      if (this.received.length < HEADER_BYTES) return undefined;
      this.#length = readLength(this.received.take(HEADER_BYTES)); // refused before more is kept
    }
    const length = this.#length;
    if (this.received.length < length + TAG_BYTES) return undefined;
    return length > recordCipher().swiftBytes ? 0 : length;
  }

  protected open(room: Uint8Array): Found {
    const length = this.#length ?? 0;
    this.#length = undefined;
    const nonce = nonceOf(this.#counter);
    this.#counter += 1;
    writeLength(HEADER, length);
    return room.length === 0 ? this.#openLarge(length, nonce) : this.#openSwift(room, nonce);
  }

  #openSwift(room: Uint8Array, nonce: Uint8Array): Found {
    const text = this.received.takeOrCopy(room.length, room);
    const tag = this.received.take(TAG_BYTES);
    if (!recordCipher().openChaCha(room, tag, text, nonce, this.#key, HEADER)) throw forged();
    const payloadBytes = room.length - 1;
    const type = room[payloadBytes];
    this.#checkPlace(type);
    if (type !== TYPE.data) return this.#control(type, room.slice(0, payloadBytes));
    if (payloadBytes === 0) throw new ShsError("RECORD_EMPTY", "a data record without data");
    return payloadBytes;
  }

  #openLarge(length: number, nonce: Uint8Array): Found {
    const pieces: Uint8Array[] = [];
    for (let taken = 0; taken < length; taken += pieces.at(-1)?.length ?? 0) {
      pieces.push(this.received.takeSome(length - taken));
    }
    const tag = this.received.take(TAG_BYTES);
    const parts = openLarge(pieces, tag, this.#key, nonce, HEADER);
    if (parts === undefined) throw forged();
    const type = parts.at(-1)?.at(-1);
    this.#checkPlace(type);
    if (type !== TYPE.data) throw new ShsError("RECORD_LENGTH", `type ${type} is never so long`);
    return parts
      .map((part, index) => (index === parts.length - 1 ? part.subarray(0, -1) : part))
      .filter((part) => part.length > 0)
      .map((bytes) => ({ is: "data", bytes }));
  }

  /** Whether this type may stand here. */
  #checkPlace(type: number | undefined): void {
    if (this.#heardReason && type !== TYPE.goodbye) {
      throw new ShsError("RECORD_TYPE", "only a goodbye may follow a close reason");
    }
    if (this.#counter >= RECORDS_PER_KEY && type !== TYPE.rekey) {
      throw new ShsError("RECORD_LIMIT", `the key was not changed at record ${RECORDS_PER_KEY}`);
    }
  }

  #control(type: number | undefined, payload: Uint8Array): readonly Received[] {
    if (type === TYPE.closeReason) {
      this.#heardReason = true;
      return [{ is: "close-reason", reason: readReason(payload) }];
    }
    if (payload.length > 0 && type !== undefined && type <= TYPE.rekey) {
      throw new ShsError("RECORD_LENGTH", `a record of type ${type} carries nothing`);
    }
    switch (type) {
      case TYPE.goodbye:
        return [{ is: "goodbye" }];
      case TYPE.ping:
        return [{ is: "ping" }];
      case TYPE.pong:
        return [{ is: "pong" }];
      case TYPE.rekey:
        this.#key = succeed(this.#key);
        this.#counter = 0;
        return [{ is: "rekey" }];
      default:
        throw new ShsError("RECORD_TYPE", `a record of the unknown type ${type ?? "none"}`);
    }
  }
}

function readLength(header: Uint8Array): number {
  const [high = 0, b = 0, c = 0, low = 0] = header;
  const length = ((high << 24) | (b << 16) | (c << 8) | low) >>> 0;
  if (length < 1 || length > MAX_PAYLOAD_BYTES + 1) {
    throw new ShsError("RECORD_LENGTH", `a record of ${length} bytes`);
  }
  return length;
}

function writeLength(bytes: Uint8Array, length: number): void {
  bytes[0] = 0;
  bytes[1] = length >>> 16;
  bytes[2] = (length >>> 8) & 0xff;
  bytes[3] = length & 0xff;
}

function readReason(payload: Uint8Array): CloseReason {
  if (payload.length < 2 || payload.length > 2 + MAX_REASON_BYTES) {
    throw new ShsError("RECORD_LENGTH", `a close reason of ${payload.length} bytes`);
  }
  const code = new DataView(payload.buffer).getUint16(payload.byteOffset);
  return { code, text: new TextDecoder().decode(payload.subarray(2)) };
}

/** The next key, `Expand(key, D ‖ "rekey", 32)`; the old one is wiped. */
function succeed(key: Uint8Array): Uint8Array {
  const next = hkdfExpand32(key, AEAD64K_DOMAIN, REKEY);
  wipe(key);
  return next;
}

const NONCE = new Uint8Array(12);
const NONCE_VIEW = new DataView(NONCE.buffer);

/** The one nonce buffer of this file: every use is over before the next begins. */
function nonceOf(counter: number): Uint8Array {
  NONCE_VIEW.setUint32(4, counter, true); // below RECORDS_PER_KEY, so 32 bits do
  return NONCE;
}

function forged(): ShsError {
  return new ShsError("RECORD_FORGED", "a record was tampered with");
}

/** The one header buffer of the opener, made anew for each record: it is the additional data. */
const HEADER = new Uint8Array(HEADER_BYTES);
const DATA = Uint8Array.of(TYPE.data);
const NOTHING = new Uint8Array(0);
const REKEY = Uint8Array.from(Buffer.from("rekey", "ascii"));
