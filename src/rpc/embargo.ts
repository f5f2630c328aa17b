import { type BrokenHook } from "./broken-hook.ts";
import { type Hook } from "./hook.ts";
import { type EmbargoId } from "./ids.ts";
import { type Link } from "./link.ts";
import { type MessageTarget } from "./messages.ts";
import { PromiseHook } from "./promise-hook.ts";
import { OwnTable } from "./table.ts";
import { violation } from "./violation.ts";

/**
 * Calls that wait for others to come round (rpc.capnp Disembargo). We had called a promise at the
 * peer and it turned out to be ours: the earlier calls are on their way back to us, so later ones
 * wait in a promise until our Disembargo has come back behind them.
 *
 *   waiting   `lift` (the echo) resolves the promise; `lose` (the end of the connection) breaks it
 *
 * Invariant: the promise and what it will become are held exactly while the entry is in the table.
 */
class Embargo {
  readonly promise: PromiseHook;
  readonly resolution: Hook;

  constructor(promise: PromiseHook, resolution: Hook) {
    this.promise = promise;
    this.resolution = resolution;
  }

  lift(): void {
    this.promise.resolve(this.resolution);
    this.promise.release();
  }

  lose(over: BrokenHook): void {
    this.resolution.release();
    this.promise.resolve(over);
    this.promise.release();
  }
}

/** The embargoes of one connection. */
export class Embargoes {
  readonly #link: Link;
  readonly #table = new OwnTable<EmbargoId, Embargo>();

  constructor(link: Link) {
    this.#link = link;
  }

  get size(): number {
    return this.#table.size;
  }

  /** Takes `resolution` over; returns the hook that calls wait in, with a reference. */
  begin(target: MessageTarget, resolution: Hook): Hook {
    const promise = new PromiseHook(this.#link.turns);
    const embargoId = this.#table.claim();
    this.#table.set(embargoId, new Embargo(promise, resolution));
    this.#link.send({
      is: "disembargo",
      target,
      context: { is: "senderLoopback", embargoId },
    });
    return promise.retain();
  }

  /** Our Disembargo has come back. */
  lift(id: number): void {
    const embargo = this.#table.get(id);
    if (embargo === undefined) throw violation(`Disembargo of embargo ${id}, which is not there`);
    this.#table.remove(id as EmbargoId); // it is in our table
    embargo.lift();
  }

  lose(over: BrokenHook): void {
    for (const embargo of this.#table.takeAll()) embargo.lose(over);
  }
}
