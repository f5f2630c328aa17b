import { RpcError } from "./exception.ts";
import { MAX_PATHS } from "./limits.ts";
import { type Path } from "./messages.ts";

/** Something for each of the paths into the results of one call. */
export class PathMap<Value> {
  readonly #values = new Map<number | string, Value>();

  /** Whether there is no room for another path: a peer may think of any number. */
  get full(): boolean {
    return this.#values.size >= MAX_PATHS;
  }

  get(path: Path): Value | undefined {
    return this.#values.get(keyOf(path));
  }

  set(path: Path, value: Value): void {
    this.#values.set(keyOf(path), value);
  }

  delete(path: Path): void {
    this.#values.delete(keyOf(path));
  }

  [Symbol.iterator](): IterableIterator<Value> {
    return this.#values.values();
  }
}

/** What a capability beyond that is broken with. */
export function tooManyPaths(): RpcError {
  return RpcError.overloaded("too many paths into the results of one call");
}

/** Most paths are of one step, which is a key already. */
function keyOf(path: Path): number | string {
  return path.length === 1 ? (path[0] ?? "") : path.join();
}
