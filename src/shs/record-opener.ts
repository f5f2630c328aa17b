import { ByteQueue } from "../base/index.ts";
import { ShsError } from "./error.ts";
import { type Ending, type Opener, type Received, type Room } from "./record.ts";

/**
 * What a record held: a number of plaintext bytes that lie at the start of the room it was given;
 * or what it wants to be told as it is.
 */
export type Found = number | readonly Received[];

/**
 * What all suites have in common when they open: records are opened one after the other, their
 * plaintext side by side, and handed up in one buffer; a goodbye is the end; the first fault is the
 * last word, but not before what preceded it.
 */
export abstract class RecordOpener implements Opener {
  protected readonly received = new ByteQueue();
  /** Found behind data that had to be handed up first. */
  #held: Received[] = [];
  #failure: unknown;
  #ended = false;

  abstract readonly midRecord: boolean;

  /**
   * Bytes of room that the next record needs to be opened; `undefined` until all of it is there.
   * Throws `ShsError` when it breaks a rule.
   */
  protected abstract needs(): number | undefined;

  /** Opens that record into a room of that size. Throws `ShsError` when it breaks a rule. */
  protected abstract open(room: Uint8Array): Found;

  get ending(): Ending {
    return this.#ended ? "goodbye" : "truncated";
  }

  push(chunk: Uint8Array): void {
    this.received.push(chunk);
  }

  next(room?: Room): Received | undefined {
    const held = this.#held.shift();
    if (held !== undefined) return held;
    if (this.#failure !== undefined) throw this.#failure as Error; // caught below
    if (this.#ended && this.received.length > 0) {
      this.#failure = new ShsError("AFTER_GOODBYE", "the peer sent bytes after its goodbye");
      throw this.#failure as Error;
    }
    return this.#ended ? undefined : this.#openSome(room);
  }

  #openSome(room: Room | undefined): Received | undefined {
    let plaintext: Uint8Array = NONE;
    let isOurs = true;
    let opened = 0;
    try {
      for (let needs = this.needs(); needs !== undefined; needs = this.needs()) {
        if (plaintext.length < opened + needs) {
          if (opened > 0) break;
          const bytes = Math.max(needs, Math.min(this.received.length, GATHERED_BYTES));
          const lent = room?.(bytes);
          isOurs = lent === undefined;
          plaintext = lent ?? allocate(bytes);
        }
        const found = this.open(plaintext.subarray(opened, opened + needs));
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
    if (opened === 0) return this.#held.shift();
    return {
      is: "data",
      bytes: isOurs ? fitting(plaintext, opened) : plaintext.subarray(0, opened),
    };
  }
}

/** The first `length` bytes, without holding on to much more memory than that. */
function fitting(bytes: Uint8Array, length: number): Uint8Array {
  return length < bytes.length / 2 ? bytes.slice(0, length) : bytes.subarray(0, length);
}

/** A long one in memory that is not zeroed for nothing. */
function allocate(length: number): Uint8Array {
  return length < LONG_BYTES
    ? new Uint8Array(length)
    : new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}

const NONE = new Uint8Array(0);
const LONG_BYTES = 4096;

/** Neighbouring records are handed up together, up to so many bytes: what one read brings. */
const GATHERED_BYTES = 65_537;
