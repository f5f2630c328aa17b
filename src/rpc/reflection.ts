import { type Adoption } from "./adoption.ts";
import { type Hook } from "./hook.ts";
import { type Exports } from "./export.ts";
import { type Link } from "./link.ts";
import { type MessageTarget } from "./messages.ts";
import { RemotePromise, RemoteTarget } from "./remote-hook.ts";
import { cutOff, violation } from "./violation.ts";

/**
 * The peer's Disembargos (rpc.capnp Disembargo.senderLoopback): each follows the calls before it to
 * where they went, which must be the peer itself. Calls pass through here without waiting, so those
 * before it have left; only for a target that is still a promise must it wait.
 */
export class Reflections {
  readonly #link: Link;
  readonly #exports: Exports;
  readonly #adoption: Adoption;
  readonly #fail: (error: unknown) => void;
  /** Takes back the wait of each that waits. */
  readonly #waiting = new Set<() => void>();

  /** `fail` ends the connection with an error found after the message was received. */
  constructor(link: Link, exports: Exports, adoption: Adoption, fail: (error: unknown) => void) {
    this.#link = link;
    this.#exports = exports;
    this.#adoption = adoption;
    this.#fail = fail;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  lose(): void {
    for (const takeBack of this.#waiting) takeBack();
    this.#waiting.clear();
  }

  begin(target: MessageTarget, embargoId: number): void {
    const hook = this.#hook(target);
    try {
      this.#reflect(hook, embargoId);
    } finally {
      hook.release();
    }
  }

  #reflect(hook: Hook, embargoId: number): void {
    const end = hook.resolved();
    const place = end instanceof RemotePromise ? end.target : end;
    if (place instanceof RemoteTarget && place.link === this.#link) {
      this.#link.send({
        is: "disembargo",
        target: place.target,
        context: { is: "receiverLoopback", embargoId },
      });
    } else if (end.settled) {
      throw violation("Disembargo of something that does not point back to its sender");
    } else {
      this.#wait(end, embargoId);
    }
  }

  #wait(promise: Hook, embargoId: number): void {
    if (this.#waiting.size >= this.#link.limits.maxEmbargoes) throw cutOff("embargoes");
    const takeBack = promise.whenResolved((resolution) => {
      this.#waiting.delete(takeBack);
      try {
        this.#reflect(resolution, embargoId);
      } catch (error) {
        this.#fail(error);
      }
    });
    this.#waiting.add(takeBack);
  }

  #hook(target: MessageTarget): Hook {
    if (target.is === "promisedAnswer") return this.#adoption.promisedAnswer(target.answer);
    const hook = this.#exports.hookAt(target.id);
    if (hook === undefined)
      throw violation(`Disembargo of export ${target.id}, which is not there`);
    return hook.retain();
  }
}
