import { CapnpError } from "handfast/capnp";
import { readFrame } from "../../src/capnp/framing.ts";
import { ReceivedContent } from "../../src/capnp/payload.ts";
import { type Arena, viewOf } from "../../src/capnp/segment.ts";
import { Named } from "./zoo.capnp.ts";

/** The message in the middle of a larger buffer of `filling`, as it would lie in a chunk. */
export function surrounded(bytes: Uint8Array, filling: number, budgetWords?: number): Arena {
  const chunk = Buffer.alloc(bytes.length + 64, filling);
  chunk.set(bytes, 24);
  const arena = readFrame(viewOf(chunk), chunk, 24);
  arena.budgetWords = budgetWords ?? arena.budgetWords;
  return arena;
}

/** What comes of reading a message: a value, or the code of a CapnpError. Nothing else is thrown. */
export function outcome(read: () => unknown): string {
  try {
    return JSON.stringify(read(), (_, value: unknown) => {
      if (value instanceof ReceivedContent) return value.root(Named).toJSON();
      return typeof value === "bigint" ? String(value) : value;
    });
  } catch (error) {
    if (error instanceof CapnpError) return error.code;
    throw error;
  }
}
