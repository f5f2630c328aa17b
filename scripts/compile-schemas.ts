/**
 * Compiles the schemas of this repository with its own compiler: `tsx scripts/compile-schemas.ts`
 * writes what is stale, `--check` only tells (and exits 1). It needs the `capnp` tool.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { compileSchemas, generate, type GeneratedFile } from "../src/codegen/index.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** A folder whose schemas are compiled together, and where the result goes. */
interface SchemaSet {
  readonly schemas: string;
  readonly output: string;
  /** Those to compile. Default: all in the folder and below it. */
  readonly only?: readonly string[] | undefined;
  /** Where to keep what `capnp` makes of them, for tests where there is no `capnp`. */
  readonly request?: string | undefined;
}

const SETS: readonly SchemaSet[] = [
  { schemas: "src/codegen", output: "src/codegen", only: ["schema.capnp"] },
  { schemas: "src/examples", output: "src/examples" },
  { schemas: "src/cli", output: "src/cli" },
  { schemas: "src/observe", output: "src/observe" },
  { schemas: "src/vat", output: "src/vat" },
  { schemas: "test/capnp", output: "test/capnp" },
  { schemas: "test/support", output: "test/support" },
  { schemas: "test/interop", output: "test/interop/handfast", only: ["interop.capnp"] },
  { schemas: "bench", output: "bench", only: ["bench.capnp", "micro/record.capnp"] },
  {
    schemas: "test/codegen/schemas",
    output: "test/codegen/golden",
    request: "test/codegen/golden.request.gz",
  },
];

interface CompiledSet extends SchemaSet {
  readonly bytes: Uint8Array;
  readonly files: readonly GeneratedFile[];
}

/** What the committed files should be, by path from the top of the repository. Needs `capnp`. */
function compileAll(): readonly CompiledSet[] {
  return SETS.filter(({ schemas }) => existsSync(join(ROOT, schemas))).map((set) => {
    const cwd = join(ROOT, set.schemas);
    const schemas = set.only ?? schemasIn(cwd);
    const bytes = compileSchemas(schemas, { cwd, importPaths: [cwd] });
    const files = placed(generate(bytes), set.output);
    return { ...set, bytes, files };
  });
}

/** The files that are missing or differ from what is committed. Needs `capnp`. */
export function staleFiles(): readonly string[] {
  return compileAll().flatMap(({ files }) => stale(files).map(({ path }) => path));
}

/** Of the sets whose request is committed: what it makes now, where that is not what it made. */
export function regressions(): readonly string[] {
  return SETS.flatMap(({ request, output }) => {
    if (request === undefined) return [];
    const bytes = gunzipSync(readFileSync(join(ROOT, request)));
    const files = placed(generate(bytes), output);
    return stale(files).map(({ path }) => path);
  });
}

const placed = (files: readonly GeneratedFile[], folder: string): readonly GeneratedFile[] =>
  files.map((file) => ({ ...file, path: join(folder, file.path) }));

const stale = (files: readonly GeneratedFile[]): readonly GeneratedFile[] =>
  files.filter(({ path, text }) => text !== committed(path));

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
  const onlyTell = args.includes("--check");
  for (const { files, request, bytes } of compileAll()) {
    const changed = stale(files);
    for (const { path, text } of changed) {
      console.log(path);
      if (!onlyTell) write(path, text);
    }
    if (changed.length === 0) continue;
    if (onlyTell) process.exitCode = 1;
    else if (request !== undefined) write(request, gzipSync(bytes));
  }
}

function write(path: string, content: string | Uint8Array): void {
  const file = join(ROOT, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
