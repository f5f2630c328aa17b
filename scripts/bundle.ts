/**
 * Builds `dist`, but for its types: each entry point that package.json names becomes one file, and
 * what several have in common goes into a few more. A program that starts waits for every file that
 * Node has to find, read and link, and that is most of what it waits for.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as Manifest; // ours
const { bin, exports, engines, dependencies, peerDependencies } = manifest;

const published = [
  ...Object.values(bin),
  ...Object.values(exports).map((target) => (typeof target === "string" ? target : target.default)),
];
const entries = published.flatMap((path) => /^\.\/dist\/(.*)\.js$/.exec(path)?.[1] ?? []);
const isEntry = (file: string) => entries.some((path) => file.endsWith(`/src/${path}.ts`));

/** For stack traces: what is not an entry point itself is in one file a folder. */
const folderOf = (file: string): string | undefined =>
  isEntry(file) ? undefined : /\/src\/(\w+)\//.exec(file)?.[1];

const packages = Object.keys({ ...dependencies, ...peerDependencies });

await build({
  cwd: ROOT,
  preserveEntrySignatures: "allow-extension",
  input: Object.fromEntries(entries.map((path) => [path, `./src/${path}.ts`])),
  platform: "node",
  external: packages.map((name) => new RegExp(`^${name}(/|$)`)),
  transform: { target: `node${engines.node.replace(/^>=/, "")}` },
  // The package's own generated code imports it by its name.
  resolve: { conditionNames: ["@handfast/source"] },
  output: {
    dir: "dist",
    cleanDir: true,
    format: "esm",
    codeSplitting: {
      groups: [{ name: folderOf, debugName: "folders" }],
      includeDependenciesRecursively: false,
    },
    chunkFileNames: "shared/[name].js",
    sourcemap: true,
    sourcemapExcludeSources: true, // the package has them
  },
});
