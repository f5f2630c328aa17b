import { type RpcError } from "./exception.ts";
import { type Message } from "./messages.ts";

/** What the owner of a connection must do, in this order: send a message, or close the road. */
export type Action =
  | Message
  /** The last action. `error` tells why; there is none after a clean goodbye. */
  | { readonly is: "close"; readonly error: RpcError | undefined };

/** The actions of one connection that its owner has not taken yet. */
export class Outbox {
  readonly #wake: () => void;
  #actions: Action[] = [];
  /** How many messages have ever been put here, and how many of them were taken. */
  #sent = 0;
  #taken = 0;

  constructor(wake: () => void) {
    this.#wake = wake;
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

  /** Returns the message's serial number. */
  send(message: Message): number {
    this.#add(message);
    this.#sent += 1;
    return this.#sent;
  }

  close(error: RpcError | undefined): void {
    this.#add({ is: "close", error });
  }

  take(): readonly Action[] {
    const actions = this.#actions;
    this.#actions = [];
    this.#taken = this.#sent;
    return actions;
  }

  /** Takes back what has not left. */
  discard(): void {
    this.#actions = [];
  }

  #add(action: Action): void {
    this.#actions.push(action);
    if (this.#actions.length === 1) this.#wake();
  }
}
