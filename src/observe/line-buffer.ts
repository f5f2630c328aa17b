/** Takes lines: a function, or a stream such as `process.stdout` or an open file. */
export type LineSink = ((line: string) => void) | LineStream;

/** As much of a `stream.Writable` as is needed. */
export interface LineStream {
  /** `false` when it would rather have no more until `drain`. */
  write(text: string): boolean;
  once(event: "drain", callback: () => void): unknown;
}

/**
 * Lines on their way to a sink that may be slow, or fail: neither costs more than lines. A function
 * gets each at once. A stream gets as one text the lines of everything that the event loop does in
 * one go, for a write costs it more than a line does:
 *
 *   idle   a line: due
 *   due    a microtask, or a lot of lines: all are written, and it is idle, or full
 *   full   lines wait, as many as may       `drain`: idle, or all are written
 */
export class LineBuffer {
  readonly #sink: LineSink;
  readonly #maxWaiting: number;
  readonly #lot: number;
  #is: "idle" | "due" | "full" = "idle";
  #text = "";
  #waiting = 0;
  /** Lines that were lost. */
  dropped = 0;

  constructor(sink: LineSink, maxWaiting: number) {
    this.#sink = sink;
    this.#maxWaiting = maxWaiting;
    this.#lot = Math.max(1, Math.min(maxWaiting, LOT));
  }

  /** Never throws. */
  add(line: string): void {
    if (typeof this.#sink === "function") this.#pass(this.#sink, line);
    else if (this.#is === "full" && this.#waiting >= this.#maxWaiting) this.dropped += 1;
    else this.#gather(line, this.#sink);
  }

  #pass(sink: (line: string) => void, line: string): void {
    try {
      sink(line);
    } catch {
      this.dropped += 1;
    }
  }

  #gather(line: string, stream: LineStream): void {
    this.#text += line;
    this.#text += "\n";
    this.#waiting += 1;
    if (this.#is === "full") return;
    if (this.#waiting >= this.#lot) {
      this.#write(stream);
    } else if (this.#is === "idle") {
      this.#is = "due";
      queueMicrotask(() => {
        if (this.#is === "due") this.#write(stream);
      });
    }
  }

  #write(stream: LineStream): void {
    const [text, lines] = [this.#text, this.#waiting];
    this.#text = "";
    this.#waiting = 0;
    this.#is = "idle";
    if (lines === 0) return;
    try {
      if (stream.write(text)) return;
      this.#is = "full";
      stream.once("drain", () => {
        this.#write(stream);
      });
    } catch {
      this.dropped += lines;
    }
  }
}

/** Lines in one text, about 100 kB. Ours. */
const LOT = 256;
