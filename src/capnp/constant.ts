import { pointerCodecOf } from "./capability-field.ts";
import { MAX_NESTING } from "./limits.ts";
import { type PointerType } from "./pointer-type.ts";
import { Arena, bufferOf, Segment, viewOf } from "./segment.ts";

/**
 * A constant of a schema, or the default of a field behind a pointer: `bytes` (base64 or raw) is a
 * message of one segment without a frame. Called by generated code.
 */
export function constant<Reader>(bytes: string | Uint8Array, type: PointerType<Reader>): Reader {
  const segment = segmentOf(typeof bytes === "string" ? Buffer.from(bytes, "base64") : bytes);
  const codec = pointerCodecOf(type);
  return codec.read(segment, 0, MAX_NESTING) ?? codec.absent();
}

function segmentOf(bytes: Uint8Array): Segment {
  const arena = new Arena(Infinity);
  const segment = new Segment(arena, 0, viewOf(bytes), bufferOf(bytes), 0, bytes.length);
  arena.add(segment);
  return segment;
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
