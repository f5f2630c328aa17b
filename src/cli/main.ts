#!/usr/bin/env node
import { run } from "./program.ts";
import { Terminal } from "./terminal.ts";

// Not `process.exit`: what was written to a pipe would be lost.
process.exitCode = await run(process.argv.slice(2), Terminal.ofProcess());
