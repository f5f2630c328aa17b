#!/usr/bin/env node
/** The plugin of `capnp compile -ohandfast[:DIR]`, which starts it in DIR with a request on stdin. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CodegenError, generate } from "../codegen/index.ts";

const STDIN = 0;

try {
  for (const { path, text } of generate(readFileSync(STDIN))) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
} catch (error) {
  if (!(error instanceof CodegenError)) throw error;
  console.error(`capnpc-handfast: ${error.code}: ${error.message}`);
  process.exitCode = 1;
}
