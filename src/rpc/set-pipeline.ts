import { BrokenHook } from "./broken-hook.ts";
import { RpcError } from "./exception.ts";
import { type Hook, type Payload } from "./hook.ts";
import { type Path } from "./messages.ts";
import { PathMap, tooManyPaths } from "./path-map.ts";
import { capabilityIn, indexIn, releaseCaps } from "./payload.ts";
import { PromiseHook } from "./promise-hook.ts";
import { type TurnQueue } from "./turn-queue.ts";

/**
 * Capabilities that a method named for pipelined calls before its results were there. A capability
 * that was used so must turn out to be the one returned: until it does, the one returned is a
 * promise, or calls on it would pass those that are still on their way through the other.
 */
export class SetPipeline {
  readonly #payload: Payload;
  readonly #turns: TurnQueue;
  readonly #used = new PathMap<{ readonly path: Path; readonly hook: Hook }>();

  /** Takes the payload over. */
  constructor(payload: Payload, turns: TurnQueue) {
    this.#payload = payload;
    this.#turns = turns;
  }

  /** What pipelined calls on `path` go to, with a reference. */
  pipeline(path: Path): Hook {
    const known = this.#used.get(path);
    if (known !== undefined) return known.hook.retain();
    if (this.#used.full) return new BrokenHook(this.#turns, tooManyPaths());
    const hook = capabilityIn(this.#payload, path, this.#turns);
    this.#used.set(path, { path, hook });
    return hook.retain();
  }

  /** The results as they may be used; takes them over. */
  reconcile(results: Payload): Payload {
    const caps = [...results.caps];
    for (const { path, hook } of this.#used) {
      const index = indexIn(results, path);
      if (typeof index !== "number") continue;
      const returned = caps[index];
      if (returned !== undefined) caps[index] = this.#guarded(returned, hook);
    }
    return { content: results.content, caps };
  }

  release(): void {
    releaseCaps(this.#payload);
    for (const { hook } of this.#used) hook.release();
  }

  /** `returned`, as soon as `used` has become the same; takes over the reference to it. */
  #guarded(returned: Hook, used: Hook): Hook {
    const end = used.resolved();
    if (end === returned.resolved()) return returned;
    if (end.settled) {
      returned.release();
      return new BrokenHook(this.#turns, contradiction());
    }
    const promise = new PromiseHook(this.#turns);
    promise.retain();
    const wait = (hook: Hook): void => {
      hook.whenResolved((resolution) => {
        const now = resolution.resolved();
        if (now !== returned.resolved() && !now.settled) {
          wait(now);
          return;
        }
        if (now === returned.resolved()) promise.resolve(returned);
        else {
          returned.release();
          promise.break(now.broken ?? contradiction());
        }
        promise.release();
      });
    };
    wait(end);
    return promise;
  }
}

function contradiction(): RpcError {
  return RpcError.failed("the results name another capability than setPipeline did");
}
