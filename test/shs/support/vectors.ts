import { readFileSync } from "node:fs";

/** A file of test/vectors; what it holds is described in its SOURCE.md. */
export function readVectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), "utf8"));
}

export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

export function hex(data: Uint8Array | readonly Uint8Array[]): string {
  return data instanceof Uint8Array
    ? Buffer.from(data).toString("hex")
    : Buffer.concat(data).toString("hex");
}
