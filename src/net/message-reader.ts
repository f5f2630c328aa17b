import { type Duplex } from "node:stream";
import { ByteQueue } from "../base/index.ts";
import { NetError, systemError } from "./error.ts";

/** Either side of the handshake. */
export interface HandshakeMachine<Step> {
  /** Bytes of the message that is awaited; 0 when none is. */
  readonly wants: number;
  receive(message: Uint8Array): Step;
}

export interface MessageReaderEvents<Step> {
  /** A message passed. May throw; that fails the handshake like a message that did not pass. */
  step(step: Step): void;
  /**
   * Told once: a message was `refused`, or the wire broke. Why is made when asked for: an error
   * costs its stack.
   */
  failed(why: () => unknown, refused: boolean): void;
}

/**
 * Cuts the bytes of a wire into the messages a handshake wants. It reads no further than the last
 * of them: what follows waits in the wire or, as far as it was already read, in what {@link release} gives.
 */
export class MessageReader<Step> {
  readonly #wire: Duplex;
  readonly #machine: HandshakeMachine<Step>;
  readonly #events: MessageReaderEvents<Step>;
  readonly #received = new ByteQueue();
  #done = false;

  constructor(wire: Duplex, machine: HandshakeMachine<Step>, events: MessageReaderEvents<Step>) {
    this.#wire = wire;
    this.#machine = machine;
    this.#events = events;
    wire.on("data", this.#onData);
    wire.on("end", this.#onCut);
    wire.on("close", this.#onCut);
    wire.on("error", this.#onError);
    wire.resume(); // it may have waited in the lobby
  }

  /** Takes no further message. What goes wrong with the wire from now on is nobody's concern. */
  stop(): void {
    this.#done = true;
    this.#wire.pause();
  }

  /**
   * Leaves the wire, paused, to its next owner, with the bytes that were read beyond the handshake.
   * The next owner must listen for `error` before this turn ends.
   */
  release(): ByteQueue {
    this.stop();
    this.#wire.off("data", this.#onData);
    this.#wire.off("end", this.#onCut);
    this.#wire.off("close", this.#onCut);
    this.#wire.off("error", this.#onError);
    return this.#received;
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#received.push(chunk);
    try {
      while (!this.#done && this.#machine.wants > 0) {
        const { wants } = this.#machine;
        if (this.#received.length < wants) return;
        this.#events.step(this.#machine.receive(this.#received.take(wants)));
      }
      if (!this.#done) this.#wire.pause();
    } catch (error) {
      this.#fail(() => error, true);
    }
  };

  readonly #onCut = (): void => {
    this.#fail(hungUp, false);
  };

  readonly #onError = (error: Error): void => {
    this.#fail(() => systemError(error, "handshake"), false);
  };

  #fail(why: () => unknown, refused: boolean): void {
    if (this.#done) return;
    this.stop();
    this.#events.failed(why, refused);
  }
}

/** What becomes of a handshake whose peer left. */
export function hungUp(): NetError {
  return new NetError("HANDSHAKE_CUT", "the peer hung up during the handshake");
}
