/**
 * aead64k, the records between handfast nodes: `n_u32be ‖ n bytes of ciphertext ‖ tag`,
 * ChaCha20-Poly1305-IETF with the length as additional data, under `4 zero bytes ‖ u64le counter`.
 * The last plaintext byte is the record's type. README.md has the specification.
 */
import { type ByteQueue } from "../base/index.ts";
import { sealedAfterGoodbye, ShsError } from "./error.ts";
import { AEAD64K_DOMAIN } from "./network.ts";
import { type Arena, copyOut } from "./arena.ts";
import { arena, hkdfExpand32, openLarge, sealLarge } from "./primitives.ts";
import { type CloseReason, type Received, type Sealer } from "./record.ts";
import { type Found, RecordOpener } from "./record-opener.ts";

/** The type byte. A plain object: enums are not erasable. */
const TYPE = { data: 0, goodbye: 1, ping: 2, pong: 3, closeReason: 4, rekey: 5 } as const;
type RecordType = (typeof TYPE)[keyof typeof TYPE];

const HEADER_BYTES = 4;
const TAG_BYTES = 16;
const MAX_PAYLOAD_BYTES = 65_536;
const MAX_REASON_BYTES = 256;
const MAX_RECORD_BYTES = HEADER_BYTES + MAX_PAYLOAD_BYTES + 1 + TAG_BYTES;

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
    const keep = Math.max(0, plaintext.length - maxBytes);
    while (plaintext.length > keep) {
      const length = Math.min(plaintext.length - keep, MAX_PAYLOAD_BYTES);
      if (this.#counter === RECORDS_PER_KEY - 1) sealed.push(this.#sealRekey());
      if (length < arena().swiftBytes) sealed.push(this.#sealSmall(TYPE.data, plaintext, length));
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
    if (this.#counter < RECORDS_PER_KEY - 1) return this.#sealSmall(type, payload, payload.length);
    return Buffer.concat([this.#sealRekey(), this.#sealSmall(type, payload, payload.length)]);
  }

  #sealRekey(): Uint8Array {
    const record = this.#sealSmall(TYPE.rekey, NOTHING, 0);
    this.#key = nextKey(this.#key);
    this.#counter = 0;
    return record;
  }

  #sealSmall(type: RecordType, payload: ByteQueue | Uint8Array, length: number): Uint8Array {
    const block = arena();
    block.useKey(this.#key);
    const bytes = block.bytes;
    writeLength(bytes, length + 1);
    if (payload instanceof Uint8Array) bytes.set(payload, HEADER_BYTES);
    else payload.copyInto(bytes, HEADER_BYTES, length);
    bytes[HEADER_BYTES + length] = type;
    const place = { at: HEADER_BYTES, length: length + 1, tagAt: HEADER_BYTES + length + 1 };
    block.sealChaCha(place, this.#nextNonce(), HEADER);
    return copyOut(block, place.tagAt + TAG_BYTES);
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
  #counter: number;
  /** The header of the record whose rest is awaited. */
  #header: Uint8Array | undefined;
  #heardReason = false;

  /** `counter`: of the first record; not 0 only in tests of the key's end. */
  constructor(key: Uint8Array, counter = 0) {
    super(key, MAX_RECORD_BYTES);
    this.#counter = counter;
  }

  get midRecord(): boolean {
    return this.#header !== undefined || this.received.length > 0;
  }

  protected open(block: Arena, at: number): Found {
    if (this.#header === undefined) {
      if (this.received.length < HEADER_BYTES) return undefined;
      this.#header = Uint8Array.from(this.received.take(HEADER_BYTES));
    }
    const header = this.#header;
    const length = readLength(header); // refuses before anything of the body is kept
    if (this.received.length < length + TAG_BYTES) return undefined;
    this.#header = undefined;
    const nonce = nonceOf(this.#counter);
    this.#counter += 1;
    return length > block.swiftBytes
      ? this.#openLarge(header, length, nonce)
      : this.#openSmall(block, at, header, length, nonce);
  }

  #openSmall(
    block: Arena,
    at: number,
    header: Uint8Array,
    length: number,
    nonce: Uint8Array,
  ): Found {
    const bytes = block.bytes;
    const ad = { at: at + length + TAG_BYTES, length: HEADER_BYTES };
    this.received.copyInto(bytes, at, length + TAG_BYTES);
    bytes.set(header, ad.at);
    if (!block.openChaCha({ at, length, tagAt: at + length }, nonce, ad)) throw forged();
    const type = block.bytes[at + length - 1];
    this.#checkPlace(type);
    if (type === TYPE.data) {
      if (length === 1) throw new ShsError("RECORD_EMPTY", "a data record without data");
      return length - 1;
    }
    const found = this.#control(type, block.bytes.slice(at, at + length - 1));
    block.useKey(this.key); // a rekey may have changed it
    return found;
  }

  #openLarge(header: Uint8Array, length: number, nonce: Uint8Array): Found {
    const pieces: Uint8Array[] = [];
    for (let taken = 0; taken < length; taken += pieces.at(-1)?.length ?? 0) {
      pieces.push(this.received.takeSome(length - taken));
    }
    const tag = this.received.take(TAG_BYTES);
    const parts = openLarge(pieces, tag, this.key, nonce, header);
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
        this.key = nextKey(this.key);
        this.#counter = 0;
        return [];
      default:
        throw new ShsError("RECORD_TYPE", `a record of the unknown type ${type ?? "none"}`);
    }
  }
}

function readLength(header: Uint8Array): number {
  const length = new DataView(header.buffer).getUint32(0);
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

/** `Expand(key, D ‖ "rekey", 32)` */
function nextKey(key: Uint8Array): Uint8Array {
  return hkdfExpand32(key, AEAD64K_DOMAIN, REKEY);
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

const HEADER = { at: 0, length: HEADER_BYTES };
const DATA = Uint8Array.of(TYPE.data);
const NOTHING = new Uint8Array(0);
const REKEY = Uint8Array.from(Buffer.from("rekey", "ascii"));
