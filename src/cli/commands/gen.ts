import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command } from "commander";
import {
  CodegenError,
  compileSchemas,
  generate,
  type GeneratedFile,
  writeGenerated,
} from "../../codegen/index.ts";
import { type Terminal } from "../terminal.ts";

interface GenOptions {
  readonly out?: string;
  readonly importPath?: readonly string[];
  readonly srcPrefix?: string;
  readonly check?: true;
}

export function addGen(program: Command, terminal: Terminal): void {
  program
    .command("gen")
    .summary("compile schemas to TypeScript")
    .description(
      "Compiles Cap'n Proto schemas to TypeScript, beside each schema: FILE.capnp becomes " +
        "FILE.capnp.ts. It calls `capnp`, which must be installed.",
    )
    .argument("<FILE...>", "schemas")
    .option("-o, --out <DIR>", "write below DIR, by the schemas' paths, and not beside them")
    .option("-I, --import-path <DIR>", "look for absolute imports in DIR as well", collect)
    .option("--src-prefix <DIR>", "what to leave out of the schemas' paths")
    .option("--check", "write nothing; fail when a file is missing or stale")
    .action((files: readonly string[], options: GenOptions) => {
      const outputs = outputsOf(files, options, terminal);
      const changed = outputs.filter(({ path, text }) => current(path) !== text);
      if (options.check) {
        if (changed.length === 0) return;
        throw new CodegenError("STALE", `stale: ${changed.map(({ path }) => path).join(", ")}`);
      }
      for (const { path, text } of changed) writeGenerated(path, text);
      for (const { path } of outputs) terminal.result({ text: path, json: { path } });
      noteMissing(outputs, terminal);
    });
}

function outputsOf(
  files: readonly string[],
  { out, importPath, srcPrefix }: GenOptions,
  terminal: Terminal,
): readonly GeneratedFile[] {
  const request = compile(files, { importPaths: importPath, srcPrefix }, terminal);
  // `capnp` keeps the order of its command line, and shortens paths.
  if (out === undefined) return generate(request, files);
  return generate(request).map(({ path, text, imports }) => {
    return { path: join(out, path), text, imports: imports.map((it) => join(out, it)) };
  });
}

function compile(
  files: readonly string[],
  options: Parameters<typeof compileSchemas>[1],
  terminal: Terminal,
): Uint8Array {
  try {
    return compileSchemas(files, options);
  } catch (error) {
    if (!(error instanceof CodegenError) || error.code !== "SCHEMA_INVALID") throw error;
    const mistakes = error.message.split("\n");
    for (const mistake of mistakes.slice(1)) terminal.note(mistake);
    if (error.message.includes("Import failed: /")) {
      terminal.note("`--import-path DIR` says where imports that begin with / are looked for");
    }
    throw new CodegenError(error.code, mistakes[0] ?? "", error);
  }
}

/** What is generated imports what its schema imports; somebody must generate that as well. */
function noteMissing(outputs: readonly GeneratedFile[], terminal: Terminal): void {
  const imported = new Set(outputs.flatMap(({ imports }) => imports));
  for (const path of imported) {
    if (!existsSync(path)) terminal.note(`${path} is imported, and not there: compile its schema`);
  }
}

function current(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];
