import { Duplex } from "node:stream";

/** Two wires in one process; what is written to one is read from the other. */
export function memoryPair(): readonly [Duplex, Duplex] {
  const near = new MemoryWire();
  const far = new MemoryWire();
  near.peer = far;
  far.peer = near;
  return [near, far];
}

class MemoryWire extends Duplex {
  peer: MemoryWire | undefined;
  /** Says to the peer that we can take more. */
  #taken: (() => void) | undefined;

  constructor() {
    super({ allowHalfOpen: true });
  }

  override _read(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  override _write(chunk: Uint8Array, _encoding: string, taken: () => void): void {
    if (this.peer === undefined || this.peer.destroyed) taken();
    else this.peer.#receive(Uint8Array.from(chunk), taken);
  }

  override _final(done: () => void): void {
    this.peer?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const peer = this.peer;
    this.peer = undefined;
    setImmediate(() => peer?.destroy()); // as a socket would notice: later
    done(error);
  }

  #receive(chunk: Uint8Array, taken: () => void): void {
    if (this.push(chunk)) taken();
    else this.#taken = taken;
  }
}
