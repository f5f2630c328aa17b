/** UTF-8 that is put together piece by piece, in room that grows as needed and is used again. */
export class ByteBuilder {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Forgets what is behind the first `length` bytes. */
  cut(length: number): void {
    this.#length = length;
  }

  /** All that is there, where it lies. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of it, as text. */
  get text(): string {
    return this.#bytes.toString("utf8", 0, this.#length);
  }

  /** The bytes that it has room for by now. */
  get room(): number {
    return this.#bytes.length;
  }

  put(piece: Uint8Array): void {
    const at = this.#reserve(piece.length);
    this.#bytes.set(piece, at);
  }

  putByte(byte: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = byte;
  }

  /** Printable ASCII without `"` and `\\`, as which it needs no escape in JSON; else puts nothing. */
  putPlain(text: string): boolean {
    const at = this.#reserve(text.length);
    const bytes = this.#bytes;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) {
        this.#length = at;
        return false;
      }
      bytes[at + index] = code;
    }
    return true;
  }

  /** A whole number from 0 on, with zeros before it until it has `digits` digits. */
  putWhole(number: number, digits = 1): void {
    if (number > MAX_INT32) {
      this.put(Buffer.from(number.toFixed().padStart(digits, "0")));
      return;
    }
    let [length, power] = [1, 10];
    while (number >= power) {
      length += 1;
      power *= 10;
    }
    if (length < digits) length = digits;
    const at = this.#reserve(length);
    const bytes = this.#bytes;
    let rest = number;
    for (let index = at + length - 1; index >= at; index -= 1) {
      const tenth = (rest / 10) | 0;
      bytes[index] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
  }

  /** Makes room for so many bytes; returns where they go. */
  #reserve(bytes: number): number {
    const at = this.#length;
    this.#length = at + bytes;
    if (this.#length > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
    }
    return at;
  }
}

const [SPACE, QUOTE, BACKSLASH, TILDE] = [0x20, 0x22, 0x5c, 0x7e];
/** The room that it begins with. */
const FIRST_BYTES = 4096;

const MAX_INT32 = 2 ** 31 - 1;
const ZERO = 0x30;
