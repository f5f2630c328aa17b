import { type Connection, Identity, type PeerId, Vat } from "handfast";
import { NETWORK } from "../node.ts";

/** What every reader has: a key of its own, and at most one line to the library. */
export class Reader {
  #vat: Vat | undefined;
  #line: Connection | undefined;

  /** Makes a key that never leaves this process and its file; returns its id. */
  async makeKey(file: string): Promise<PeerId> {
    const identity = await Identity.loadOrCreate(file);
    this.#vat = await Vat.open({ identity, network: NETWORK });
    return identity.id;
  }

  /** Dials the library, and waits until both have proven their keys. */
  async dial(address: string): Promise<Connection> {
    if (this.#vat === undefined) throw new Error("a key comes first");
    this.#line = this.#vat.connect(address);
    await this.#line.ready;
    return this.#line;
  }

  /** Why the line went dead; waits until it does. */
  async lineLost(): Promise<string> {
    const reason = await this.#line?.closed;
    return reason instanceof Error && "code" in reason ? String(reason.code) : "goodbye";
  }

  async leave(): Promise<void> {
    await this.#vat?.close();
  }
}
