/**
 * Compiles the schemas of this repository with its own compiler: `tsx scripts/compile-schemas.ts`
 * writes what is stale, `--check` only tells (and exits 1).
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { compileSchemas, generate, type GeneratedFile } from "../src/codegen/index.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface SchemaSet {
  /** The folder of the schemas, which are compiled together. */
  readonly schemas: string;
  readonly output: string;
  /** Those to compile. Default: all in the folder and below it. */
  readonly files?: readonly string[];
}

const SETS: readonly SchemaSet[] = [
  { schemas: "src/examples", output: "src/examples" },
  { schemas: "test/support", output: "test/support" },
  { schemas: "test/interop", output: "test/interop/handfast", files: ["interop.capnp"] },
  { schemas: "test/codegen/schemas", output: "test/codegen/golden" },
];

/** What the committed files should be, by path from the top of the repository. */
export function compileAll(): readonly GeneratedFile[] {
  return SETS.filter(({ schemas }) => existsSync(join(ROOT, schemas))).flatMap(
    ({ schemas, output, files: chosen }) => {
      const cwd = join(ROOT, schemas);
      const files = chosen ?? schemasIn(cwd);
      if (files.length === 0) return [];
      const request = compileSchemas(files, { cwd, importPaths: [cwd] });
      return generate(request).map(({ path, text }) => ({ path: join(output, path), text }));
    },
  );
}

/** Those that are missing or differ from what is committed. */
export function staleFiles(): readonly GeneratedFile[] {
  return compileAll().filter(({ path, text }) => text !== committed(path));
}

function schemasIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".capnp"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function committed(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), "utf8");
  } catch {
    return undefined; // not generated yet
  }
}

function main(args: readonly string[]): void {
  const stale = staleFiles();
  for (const { path, text } of stale) {
    console.log(path);
    if (args.includes("--check")) continue;
    const file = join(ROOT, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  if (args.includes("--check") && stale.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
