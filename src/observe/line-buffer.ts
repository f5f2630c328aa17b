/** Takes lines: a function, or a stream such as `process.stdout` or an open file. */
export type LineSink = ((line: string) => void) | LineStream;

/** As much of a `stream.Writable` as is needed. */
export interface LineStream {
  /** `false` when it would rather have no more until `drain`. */
  write(text: string): boolean;
  once(event: "drain", callback: () => void): unknown;
}

/**
 * Lines on their way to a sink that may be slow, or fail: neither costs more than lines.
 *
 *   open      lines go straight to the sink    it is full: waiting
 *   waiting   lines wait, as many as may       `drain`: open, with all that waited
 */
export class LineBuffer {
  readonly #sink: LineSink;
  readonly #maxWaiting: number;
  #waiting: string[] = [];
  #full = false;
  /** Lines that were lost. */
  dropped = 0;

  constructor(sink: LineSink, maxWaiting: number) {
    this.#sink = sink;
    this.#maxWaiting = maxWaiting;
  }

  /** Returns whether the line was taken. Never throws. */
  add(line: string): boolean {
    if (!this.#full) return this.#write(line);
    if (this.#waiting.length >= this.#maxWaiting) {
      this.dropped += 1;
      return false;
    }
    this.#waiting.push(line);
    return true;
  }

  #write(line: string): boolean {
    try {
      if (typeof this.#sink === "function") this.#sink(line);
      else if (!this.#sink.write(`${line}\n`)) this.#wait(this.#sink);
      return true;
    } catch {
      this.dropped += 1;
      return false;
    }
  }

  #wait(stream: LineStream): void {
    this.#full = true;
    stream.once("drain", () => {
      this.#full = false;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const line of waiting) this.add(line);
    });
  }
}
