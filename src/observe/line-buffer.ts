import { type Clock } from "../base/index.ts";
import { ByteBuilder } from "./byte-builder.ts";

/** Takes lines: a function, or a stream such as `process.stdout` or an open file. */
export type LineSink = ((line: string) => void) | LineStream;

/** As much of a `stream.Writable` as is needed. */
export interface LineStream {
  /**
   * Takes lines of UTF-8, which are its own until it calls back; `false` when it would rather have
   * no more until `drain`.
   */
  write(lines: Uint8Array, done: (error?: Error | null) => void): boolean;
  once(event: "drain", callback: () => void): unknown;
  /** `false` once it has ended. */
  readonly writable?: boolean | undefined;
}

/**
 * Lines on their way to a sink that may be slow, or fail: neither costs more than lines. A function
 * gets each at once. For a stream a write costs more than a line, so the first goes out when the
 * event loop has done what it is at, and what comes within a few milliseconds of a write in the next:
 *
 *   idle      a line: due
 *   due       a microtask: all are written, and it rests
 *   resting   time is up, or there are a lot of lines: likewise; without any it is idle
 *
 * While the stream is full, lines wait, as many as may.
 */
export class LineBuffer {
  readonly #sink: LineSink;
  readonly #maxWaiting: number;
  readonly #clock: Clock;
  #is: "idle" | "due" | "resting" = "idle";
  #full = false;
  #lines = new ByteBuilder();
  /** Those that came back from the stream. */
  readonly #spare: ByteBuilder[] = [];
  #waiting = 0;
  /** Lines that were lost. */
  dropped = 0;

  constructor(sink: LineSink, maxWaiting: number, clock: Clock) {
    this.#sink = sink;
    this.#maxWaiting = maxWaiting;
    this.#clock = clock;
  }

  /** One more line, without its newline, which `put` puts behind what is there. */
  add(put: (lines: ByteBuilder) => void): void {
    if (this.#full && this.#isMuch) {
      this.dropped += 1;
      return;
    }
    const lines = this.#lines;
    const before = lines.length;
    try {
      put(lines);
    } catch (error) {
      lines.cut(before);
      throw error;
    }
    if (typeof this.#sink === "function") this.#pass(this.#sink);
    else this.#gather(this.#sink);
  }

  /** Writes what waits, however full the stream is. */
  flush(): void {
    if (this.#waiting > 0 && typeof this.#sink !== "function") this.#write(this.#sink);
  }

  #pass(sink: (line: string) => void): void {
    const line = this.#lines.text;
    this.#lines.cut(0);
    try {
      sink(line);
    } catch {
      this.dropped += 1;
    }
  }

  #gather(stream: LineStream): void {
    this.#lines.putByte(NEWLINE);
    this.#waiting += 1;
    if (this.#full) return;
    if (this.#isLot) {
      this.#write(stream);
    } else if (this.#is === "idle") {
      this.#is = "due";
      queueMicrotask(() => {
        if (this.#is === "due") this.#write(stream);
      });
    }
  }

  /** As much as may wait. */
  get #isMuch(): boolean {
    return this.#waiting >= this.#maxWaiting || this.#lines.length >= MAX_WAITING_BYTES;
  }

  get #isLot(): boolean {
    return this.#lines.length >= LOT_BYTES || this.#waiting >= this.#maxWaiting;
  }

  #write(stream: LineStream): void {
    this.#rest(stream);
    const [lines, count] = [this.#lines, this.#waiting];
    this.#waiting = 0;
    this.#lines = this.#spare.pop() ?? new ByteBuilder();
    let isOver = false;
    const over = (areLost: boolean): void => {
      if (isOver) return;
      isOver = true;
      if (areLost) this.dropped += count;
      lines.cut(0);
      if (this.#spare.length < MAX_SPARE && lines.room <= 2 * LOT_BYTES) this.#spare.push(lines);
    };
    if (stream.writable === false) {
      over(true);
      return;
    }
    try {
      const done = (error?: Error | null): void => {
        over(error instanceof Error);
      };
      if (stream.write(lines.bytes, done) || this.#full) return;
      this.#full = true;
      stream.once("drain", () => {
        this.#full = false;
        if (this.#waiting > 0 && (this.#is === "idle" || this.#isLot)) this.#write(stream);
      });
    } catch {
      over(true);
    }
  }

  #rest(stream: LineStream): void {
    const rests = this.#is === "resting";
    this.#is = "resting";
    if (rests) return;
    this.#clock.after(REST_MS, () => {
      this.#is = "idle";
      if (this.#waiting > 0 && !this.#full) this.#write(stream);
    });
  }
}

/** How long the lines behind a write are gathered. Ours. */
const REST_MS = 5;

/** What is written at once all the same: some 600 lines. Ours. */
const LOT_BYTES = 262_144;

/** What waits for a stream that is full, however few lines it is: principals may be long. Ours. */
const MAX_WAITING_BYTES = 16_777_216;

/** One is filled while another is written. */
const MAX_SPARE = 2;

const NEWLINE = 0x0a;
