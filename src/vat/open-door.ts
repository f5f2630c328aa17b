import { printPeerAddress, type RoadListener } from "../net/index.ts";
import { type Listener } from "./contract.ts";

/** A listener as the vat's users see it. */
export class OpenDoor implements Listener {
  readonly address: string;
  readonly addresses: readonly string[];
  readonly #road: RoadListener;
  readonly #closed: () => void;

  /** `advertise` is the host that dialers should see; `closed` is told once. */
  constructor(road: RoadListener, advertise: string | undefined, closed: () => void) {
    this.#road = road;
    this.#closed = closed;
    this.addresses = road.peerAddresses(advertise).map(printPeerAddress);
    this.address = this.addresses[0] ?? "";
  }

  async close(): Promise<void> {
    this.#closed();
    await this.#road.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
