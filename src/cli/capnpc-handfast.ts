#!/usr/bin/env node
/** The plugin of `capnp compile -ohandfast[:DIR]`, which starts it in DIR with a request on stdin. */
import { readFileSync } from "node:fs";
import { CodegenError, generate, writeGenerated } from "../codegen/index.ts";

const STDIN = 0;

try {
  for (const { path, text } of generate(readFileSync(STDIN))) {
    writeGenerated(path, text);
  }
} catch (error) {
  if (!(error instanceof CodegenError)) throw error;
  console.error(`capnpc-handfast: ${error.code}: ${error.message}`);
  process.exitCode = 1;
}
