import { pointerCodecOf } from "./capability-field.ts";
import { readFrame } from "./framing.ts";
import { MAX_NESTING } from "./limits.ts";
import { type PointerType } from "./pointer-type.ts";
import { bufferOf, viewOf } from "./segment.ts";

/**
 * A constant of a schema, or the default of a field behind a pointer: `message` (base64 or raw) is
 * one as `encode` makes it. It may be read for ever. Called by generated code.
 */
export function constant<Reader>(message: string | Uint8Array, type: PointerType<Reader>): Reader {
  const bytes = typeof message === "string" ? Buffer.from(message, "base64") : bufferOf(message);
  const arena = readFrame(viewOf(bytes), bytes, 0);
  arena.budgetWords = Infinity;
  const codec = pointerCodecOf(type);
  const [first] = arena.segments;
  return (first && codec.read(first, first.start, MAX_NESTING)) ?? codec.absent();
}

/** Makes a value when it is first asked for: a default may be of a type that is defined later. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** What waits for a module that imports the one it is in, and so is evaluated after it. */
interface Unsettled {
  readonly types: () => readonly unknown[];
  readonly make: () => void;
}

let unsettled: readonly Unsettled[] = [];

/**
 * Makes a constant once the types it takes are there: those of another schema are not yet, where
 * the two import each other. Generated modules that import others end with it, so whichever of them
 * is evaluated last makes what is left.
 */
export function settle(types: () => readonly unknown[] = () => [], make = (): void => {}): void {
  const all = [...unsettled, { types, make }];
  unsettled = all.filter((it) => !areThere(it.types));
  for (const it of all) if (!unsettled.includes(it)) it.make();
}

/** A const of a module under evaluation throws, or, with some bundlers, is undefined. */
function areThere(types: () => readonly unknown[]): boolean {
  try {
    return types().every((type) => type !== undefined);
  } catch (error) {
    if (error instanceof ReferenceError) return false;
    throw error;
  }
}
