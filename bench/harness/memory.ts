import { type Program } from "./program.ts";

/** What a Node process holds after a collection: heap and external memory. */
export async function heldBytes(program: Program): Promise<number> {
  const report = await program.ask("memory");
  if (report === undefined) throw new Error("it does not know its memory");
  return report["bytes"] ?? 0;
}
