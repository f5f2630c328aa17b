import { ByteQueue } from "../base/index.ts";
import { ShsError } from "./error.ts";
import { type Arena, ARENA_BYTES, copyOut } from "./arena.ts";
import { arena } from "./primitives.ts";
import { type Ending, type Opener, type Received } from "./record.ts";

/**
 * What a suite found next: `undefined` for want of bytes; a number of plaintext bytes that it left
 * at the place it was given; or what it wants to be told as it is.
 */
export type Found = undefined | number | readonly Received[];

/**
 * What all suites have in common when they open: records are opened one after the other into the
 * arena, their plaintext side by side, and handed up in one buffer; a goodbye is the end; the first
 * fault is the last word, but not before what preceded it.
 */
export abstract class RecordOpener implements Opener {
  protected readonly received = new ByteQueue();
  protected key: Uint8Array;
  readonly #maxRecordBytes: number;
  /** Found behind data that had to be handed up first. */
  #held: Received[] = [];
  #failure: unknown;
  #ended = false;

  /** `maxRecordBytes`: the most that one call of {@link open} writes to the arena. */
  protected constructor(key: Uint8Array, maxRecordBytes: number) {
    this.key = Uint8Array.from(key);
    this.#maxRecordBytes = maxRecordBytes;
  }

  abstract readonly midRecord: boolean;

  /** Opens the next record into the arena at `at`. Throws `ShsError` when it breaks a rule. */
  protected abstract open(block: Arena, at: number): Found;

  get ending(): Ending {
    return this.#ended ? "goodbye" : "truncated";
  }

  push(chunk: Uint8Array): void {
    this.received.push(chunk);
  }

  next(): Received | undefined {
    const held = this.#held.shift();
    if (held !== undefined) return held;
    if (this.#failure !== undefined) throw this.#failure as Error; // caught below
    if (this.#ended && this.received.length > 0) {
      this.#failure = new ShsError("AFTER_GOODBYE", "the peer sent bytes after its goodbye");
      throw this.#failure as Error;
    }
    return this.#ended ? undefined : this.#openSome();
  }

  #openSome(): Received | undefined {
    const block = arena();
    block.useKey(this.key);
    let opened = 0; // plaintext gathers at the start of the arena
    try {
      while (opened + this.#maxRecordBytes <= ARENA_BYTES) {
        const found = this.open(block, opened);
        if (found === undefined) break;
        if (typeof found === "number") {
          opened += found;
          continue;
        }
        this.#held.push(...found);
        this.#ended = found.some(({ is }) => is === "goodbye");
        if (found.length > 0) break;
      }
    } catch (error) {
      this.#failure = error;
      if (opened === 0) throw error;
    }
    return opened > 0 ? { is: "data", bytes: copyOut(block, opened) } : this.#held.shift();
  }
}
