import { BuildArena } from "./build-arena.ts";
import { pointerCodecOf } from "./capability-field.ts";
import { type CapabilitySink } from "./capability-table.ts";
import { MAX_MESSAGE_BYTES } from "./limits.ts";
import { type PointerType } from "./pointer-type.ts";
import { ValueError } from "./value-error.ts";

/**
 * What was thrown when `init` was written; of a value that its field cannot hold, with the path to
 * it: `params.books[2].isbn must be a string, got 5`. Who writes is too busy to know where it is, so
 * what has failed is written once more, to nowhere, and every value noted as it is asked for. `caps`
 * must take no references, for nobody gives them back.
 */
export function locate<Init>(
  thrown: unknown,
  type: PointerType<unknown, Init>,
  init: Init,
  root: string,
  caps?: CapabilitySink,
): unknown {
  if (!(thrown instanceof ValueError)) return thrown;
  let last = root;
  const noted = noting(init, root, (path) => {
    last = path;
  });
  const arena = new BuildArena(1, MAX_MESSAGE_BYTES);
  arena.caps = caps;
  try {
    pointerCodecOf(type).write(arena.first, arena.first.start, noted);
  } catch (again) {
    if (again instanceof ValueError) return again.at(last);
  }
  return thrown;
}

/** The same value, that tells which of its own it is asked for; only what is plain is looked into. */
function noting<T>(value: T, path: string, note: (path: string) => void): T {
  if (!isPlain(value)) return value;
  const isArray = Array.isArray(value);
  // Of an empty object, since a proxy may not pretend what a frozen one holds.
  return new Proxy(isArray ? [] : {}, {
    get(_, key): unknown {
      const inner: unknown = Reflect.get(value, key);
      if (typeof key === "symbol" || !Object.hasOwn(value, key)) return inner;
      if (isArray && key === "length") return inner;
      const at = isArray ? `${path}[${key}]` : `${path}.${key}`;
      note(at);
      return noting(inner, at, note);
    },
  }) as T; // it answers as `value` does
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
