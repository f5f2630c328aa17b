import { type CloseReason } from "../shs/index.ts";
import { expectedPeer, type PeerAddress, type Road, type RoadEvents } from "../net/index.ts";

/**
 * A road whose handshake is under way, for a driver that has something to say with its last
 * message. What the driver hands it by itself goes nowhere before there is a road.
 *
 *   shaking → open → over      `open` brings the road; from then on this only hands through
 *      └───── fail ───→ over
 */
export class EarlyRoad implements Road {
  /** Whom we dialled; at the other end once the road is open, and not before. */
  readonly peer;
  /** That it is dialled with, and no other. */
  readonly suite;
  readonly #giveUp: () => void;
  #events: RoadEvents | undefined;
  #road: Road | undefined;

  /** `giveUp` is called when the driver leaves before there is a road. */
  constructor(address: PeerAddress, giveUp: () => void) {
    this.peer = expectedPeer(address);
    this.suite = address.suite;
    this.#giveUp = giveUp;
  }

  start(events: RoadEvents): void {
    this.#events = {
      ...events,
      closed: (error) => {
        this.peer.abort(error);
        events.closed(error);
      },
    };
  }

  /** The peer has proven its key. */
  open(road: Road): void {
    this.#road = road;
    this.peer.established(road.peer.channelBinding);
    if (this.#events !== undefined) road.start(this.#events);
  }

  /** There will be no road. */
  fail(error: Error): void {
    this.#events?.closed(error);
  }

  write(bytes: Uint8Array): boolean {
    return this.#road?.write(bytes) ?? false;
  }

  flush(): void {
    this.#road?.flush?.();
  }

  get bufferedBytes(): number {
    return this.#road?.bufferedBytes ?? 0;
  }

  get closeReason(): CloseReason | undefined {
    return this.#road?.closeReason;
  }

  end(reason?: CloseReason): void {
    if (this.#road === undefined) this.#giveUp();
    else this.#road.end(reason);
  }

  destroy(error?: Error): void {
    if (this.#road === undefined) this.#giveUp();
    else this.#road.destroy(error);
  }
}
