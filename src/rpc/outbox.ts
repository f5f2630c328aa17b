import { type RpcError } from "./exception.ts";
import { type Message } from "./messages.ts";

/** What the owner of a connection must do, in this order: send a message, or close the road. */
export type Action =
  | Message
  /** The last action. `error` tells why; there is none after a clean goodbye. */
  | { readonly is: "close"; readonly error: RpcError | undefined };

/**
 * The actions of one connection that its owner has not taken yet.
 *
 *   early   the peer has not proven its key: nothing but `takeEarly` hands out messages
 *   open    `take` hands out everything; from the beginning, or once `open` was called
 */
export class Outbox {
  readonly #wake: () => void;
  #early: boolean;
  /** The first message that must not leave early, by its serial number. */
  #firstPrivate = Infinity;
  #actions: Action[] = [];
  /** Those handed out last: the owner may still be at it. */
  #leaving: Action[] = [];
  /** Those among the rest that are not to be handed out after all. */
  readonly #retracted = new Set<Action>();
  /** How many messages have ever been put here, and how many of them were taken. */
  #sent = 0;
  #taken = 0;

  constructor(wake: () => void, early = false) {
    this.#wake = wake;
    this.#early = early;
  }

  get sent(): number {
    return this.#sent;
  }

  /** How many wait to be taken. */
  get queued(): number {
    return this.#actions.length;
  }

  /** Whether the message that was the n-th to be sent has left, so that the peer may have it. */
  hasLeft(serial: number): boolean {
    return serial <= this.#taken;
  }

  /** Returns the message's serial number. A `private` one is for nobody but the proven peer. */
  send(message: Message, isPrivate = false): number {
    this.#add(message);
    this.#sent += 1;
    if (isPrivate) this.#firstPrivate = Math.min(this.#firstPrivate, this.#sent);
    return this.#sent;
  }

  close(error: RpcError | undefined): void {
    this.#add({ is: "close", error });
  }

  take(): readonly Action[] {
    if (this.#early) return NOTHING;
    const actions = this.#actions;
    this.#actions = [];
    this.#taken = this.#sent;
    return this.#leave(actions);
  }

  /**
   * What may leave before the peer has proven its key: everything up to the first private message,
   * which holds back all behind it. With `everything`, that too.
   */
  takeEarly(everything: boolean): readonly Action[] {
    const until = everything ? this.#sent : Math.min(this.#sent, this.#firstPrivate - 1);
    const actions = this.#actions.splice(0, until - this.#taken);
    this.#taken = until;
    return this.#leave(actions);
  }

  /**
   * A message that was handed out cannot be written. `amended` says what leaves in place of each one
   * behind it, if anything, in their order; the list that the owner is at is amended too.
   */
  amendBehind(message: Message, amended: (action: Action) => Action | undefined): void {
    for (const action of this.#leaving.splice(this.#leaving.indexOf(message) + 1)) {
      const instead = amended(action);
      if (instead !== undefined) this.#leaving.push(instead);
    }
    for (const [index, action] of this.#actions.entries()) {
      if (this.#retracted.has(action)) continue;
      const instead = amended(action);
      if (instead === undefined) this.#retracted.add(action);
      else this.#actions[index] = instead;
    }
  }

  /** The peer has proven its key. */
  open(): void {
    this.#early = false;
    if (this.#actions.length > 0) this.#wake();
  }

  /** Takes back what has not left; what follows is for the owner alone. */
  discard(): void {
    this.#actions = [];
    this.#early = false;
  }

  #leave(actions: Action[]): readonly Action[] {
    const retracted = this.#retracted;
    const leaving = retracted.size === 0 ? actions : actions.filter((it) => !retracted.delete(it));
    this.#leaving = leaving;
    return leaving;
  }

  #add(action: Action): void {
    this.#actions.push(action);
    if (this.#actions.length === 1) this.#wake();
  }
}

const NOTHING: readonly Action[] = [];
