import { NetError, realClock, type SecureSocket } from "../net/index.ts";

/** A road on which nothing is said: there is only the handshake, signs of life, and a goodbye. */
export class QuietRoad {
  readonly #socket: SecureSocket;
  readonly #closed: Promise<Error | undefined>;

  constructor(socket: SecureSocket) {
    this.#socket = socket;
    this.#closed = new Promise((closed) => {
      socket.start({ data: () => {}, ended: () => {}, drain: () => {}, closed });
    });
  }

  /**
   * Milliseconds from a ping of the records to its answer; `undefined` where the suite has none.
   * Rejects with `NetError` `IDLE_TIMEOUT`, or with what the road was cut by.
   */
  async roundTrip(timeoutMs: number): Promise<number | undefined> {
    const startedAtMs = realClock.now();
    let cancel = (): void => {};
    try {
      return await new Promise((resolve, reject) => {
        const answered = () => {
          resolve(realClock.now() - startedAtMs);
        };
        if (!this.#socket.ping(answered)) resolve(undefined);
        cancel = realClock.after(timeoutMs, () => {
          reject(new NetError("IDLE_TIMEOUT", `no answer to a ping within ${timeoutMs} ms`));
        });
        void this.#closed.then((error) => {
          reject(error ?? new NetError("TRUNCATED", "the peer left before it answered"));
        });
      });
    } finally {
      cancel();
    }
  }

  /** Ends the road in order. How the peer takes it changes nothing about what we learned. */
  async leave(): Promise<void> {
    this.#socket.end();
    await this.#closed;
  }
}
