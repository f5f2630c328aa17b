import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { CodegenError } from "./codegen-error.ts";
import { MAX_REQUEST_BYTES } from "./read-request.ts";

export interface CompileOptions {
  /** Folders where absolute imports (`import "/…"`) are looked for, besides capnp's own. */
  readonly importPaths?: readonly string[] | undefined;
  /** What to leave out of the schemas' paths: `src/schema` makes `src/schema/a.capnp` `a.capnp`. */
  readonly srcPrefix?: string | undefined;
  /** Where relative paths begin. Default: the current folder. */
  readonly cwd?: string | undefined;
}

/** Where `import "/handfast/typescript.capnp"` leads, from the sources and what is built of them. */
const OWN_SCHEMAS = join(
  dirname(createRequire(import.meta.url).resolve("handfast/package.json")),
  "src/codegen",
);

/**
 * Has `capnp` parse schemas; returns the CodeGeneratorRequest that `generate` takes.
 * @throws CodegenError SCHEMA_MISSING, COMPILER_MISSING, SCHEMA_INVALID
 */
export function compileSchemas(
  files: readonly string[],
  { importPaths = [], srcPrefix, cwd }: CompileOptions = {},
): Uint8Array {
  for (const file of files) requireFile(file, resolve(cwd ?? ".", file));
  const args = [
    "compile",
    "-o-",
    ...[...importPaths, OWN_SCHEMAS].map((path) => `-I${path}`),
    ...(srcPrefix === undefined ? [] : [`--src-prefix=${srcPrefix}`]),
    ...files,
  ];
  const { error, status, stdout, stderr } = spawnSync("capnp", args, {
    cwd,
    // `capnp` warns of a PWD that is another folder than its own.
    env: { ...process.env, PWD: resolve(cwd ?? ".") },
    maxBuffer: MAX_REQUEST_BYTES,
  });
  if (error !== undefined) {
    const missing = "code" in error && error.code === "ENOENT";
    if (missing)
      throw new CodegenError("COMPILER_MISSING", "there is no `capnp` on the PATH", error);
    throw error;
  }
  if (status !== 0) throw new CodegenError("SCHEMA_INVALID", mistakesIn(stderr.toString("utf8")));
  return stdout;
}

/** Of some mistakes `capnp` dies, which takes it many lines: one of them tells why. */
function mistakesIn(stderr: string): string {
  if (!stderr.startsWith("*** Uncaught exception ***")) return stderr.trim();
  const why = /failed: (?:expected .*?; )?(.*)/.exec(stderr)?.[1] ?? "it does not say why";
  return `\`capnp\` gave up: ${why}`;
}

/** What `capnp` says of a folder, or of nothing, is no help. */
function requireFile(named: string, path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new CodegenError("SCHEMA_MISSING", `there is no ${named}`);
  if (found.isDirectory()) throw new CodegenError("SCHEMA_MISSING", `${named} is a folder`);
}
