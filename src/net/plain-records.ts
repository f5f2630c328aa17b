import { ByteQueue } from "../base/index.ts";
import { type Ending, type Opener, type Received, type Sealer } from "../shs/index.ts";

/** No records at all: the bytes as they are, for roads that never leave the machine. */
export class PlainSealer implements Sealer {
  readonly showsLife = "none";

  seal(plaintext: ByteQueue, maxBytes = Infinity): readonly Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let left = Math.min(maxBytes, plaintext.length); left > 0;) {
      const piece = plaintext.takeSome(left);
      left -= piece.length;
      pieces.push(piece);
    }
    return pieces;
  }

  goodbye(): Uint8Array {
    return new Uint8Array(0); // TCP's FIN is all there is
  }

  ping(): undefined {
    return undefined;
  }

  pong(): undefined {
    return undefined;
  }

  closeReason(): undefined {
    return undefined;
  }
}

/** The other direction. A cut and an end look the same. */
export class PlainOpener implements Opener {
  readonly ending: Ending = "unknown";
  readonly midRecord = false;
  readonly #received = new ByteQueue();

  push(chunk: Uint8Array): void {
    this.#received.push(chunk);
  }

  next(): Received | undefined {
    if (this.#received.length === 0) return undefined;
    return { is: "data", bytes: this.#received.takeSome(this.#received.length) };
  }
}
