import { setMaxListeners } from "node:events";
import { realClock, type SecureSocket } from "../net/index.ts";

/** What went through one end of a tunnel since it was opened. */
export interface TunnelStats {
  /** Connections joined to their other half. */
  readonly joined: number;
  /** Of those, open now. */
  readonly open: number;
  /** Of those, cut rather than ended. */
  readonly cut: number;
  /** That never got their other half: refused by us or by the peer, or the service was down. */
  readonly refused: number;
  /** Of the application, to and from peers. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** The connections of one end of a tunnel. */
export class Traffic {
  readonly #open = new Set<SecureSocket>();
  #joined = 0;
  #cut = 0;
  #refused = 0;
  #sentBytes = 0;
  #receivedBytes = 0;
  readonly #life = new AbortController();
  #waiting: (() => void)[] = [];

  constructor() {
    setMaxListeners(0, this.signal); // every dial listens: many are no leak
  }

  get stats(): TunnelStats {
    const live = [...this.#open].map(({ counters }) => counters);
    return {
      joined: this.#joined,
      open: this.#open.size,
      cut: this.#cut,
      refused: this.#refused,
      sentBytes: live.reduce((sum, { sentBytes }) => sum + sentBytes, this.#sentBytes),
      receivedBytes: live.reduce((sum, it) => sum + it.receivedBytes, this.#receivedBytes),
    };
  }

  /** Aborts when nothing more is to be joined. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** A connection came to nothing. */
  refused(): void {
    this.#refused += 1;
  }

  /** Counts a road that was joined to another until `over` settles. */
  async follow(road: SecureSocket, over: Promise<Error | undefined>): Promise<Error | undefined> {
    this.#joined += 1;
    this.#open.add(road);
    if (this.signal.aborted) road.destroy();
    const error = await over;
    this.#open.delete(road);
    if (error !== undefined) this.#cut += 1;
    this.#sentBytes += road.counters.sentBytes;
    this.#receivedBytes += road.counters.receivedBytes;
    if (this.#open.size === 0) for (const told of this.#waiting.splice(0)) told();
    return error;
  }

  /** Lets what is open come to its end for so long, then cuts it. */
  async end(graceMs: number): Promise<void> {
    const over = new Promise<void>((resolve) => this.#waiting.push(resolve));
    const cancel = realClock.after(graceMs, () => {
      this.#life.abort(); // what is still being dialled would come too late
      for (const road of this.#open) road.destroy();
    });
    if (this.#open.size > 0) await over;
    cancel();
    this.#life.abort();
  }
}
