import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CodegenError } from "./codegen-error.ts";

/**
 * Writes a generated file, and makes the folders above it.
 * @throws CodegenError OUTPUT_UNWRITABLE
 */
export function writeGenerated(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CodegenError("OUTPUT_UNWRITABLE", `cannot write ${path}: ${why}`, cause);
  }
}
