import { type Listener } from "./contract.ts";

/** A listener as the vat's users see it. */
export class OpenDoor implements Listener {
  readonly addresses: readonly string[];
  readonly #close: () => Promise<void>;

  /** `close` stops accepting. */
  constructor(addresses: readonly string[], close: () => Promise<void>) {
    this.addresses = addresses;
    this.#close = close;
  }

  get address(): string {
    return this.addresses[0] ?? "";
  }

  close(): Promise<void> {
    return this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
