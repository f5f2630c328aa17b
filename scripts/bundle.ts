/**
 * Builds `dist`, but for its types: each entry point that package.json names becomes one file, and
 * what several have in common goes into a few more. A program that starts waits for every file that
 * Node has to find, read and link, and that is most of what it waits for.
 */
import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = /^\.\/dist\/(.*)\.js$/;

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as Manifest; // ours
const { bin, exports, engines, dependencies, peerDependencies } = manifest;

const built = [
  ...Object.values(bin),
  ...Object.values(exports).map((target) => (typeof target === "string" ? target : target.default)),
];
const entries = built.flatMap((path) => DIST.exec(path)?.[1] ?? []);

rmSync(`${ROOT}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: entries.map((path) => ({ in: `./src/${path}.ts`, out: path })),
  outdir: "dist",
  chunkNames: "shared/[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: `node${engines.node.replace(/^>=/, "")}`,
  // The package's own generated code imports it by its name.
  conditions: ["@handfast/source"],
  external: [...Object.keys(dependencies), ...Object.keys(peerDependencies)],
  sourcemap: true,
  sourcesContent: false, // the package has them
  logLevel: "warning",
});
