import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const BENCH = fileURLToPath(new URL("..", import.meta.url));

/** Compiling C++ or Go from nothing on a busy machine, downloads included. */
const BUILD_MS = 10 * 60_000;

/**
 * Installs the peers, compiles the product and the bench to plain JavaScript, and builds the peers
 * of other languages as far as there are compilers. Throws when the first two fail.
 */
export function prepare(progress: (text: string) => void): void {
  install(progress);
  progress("compiling");
  compile();
  const native = `${BENCH}peers/native`;
  for (const folder of readdirSync(native)) {
    progress(`building ${folder}`);
    // What a compiler that is missing leaves unbuilt is reported with its peer.
    const { status, stderr } = spawnSync("make", ["--silent"], {
      cwd: `${native}/${folder}`,
      timeout: BUILD_MS,
      encoding: "utf8",
    });
    if (status !== 0) progress(`${folder} was not built: ${lastLine(stderr)}`);
  }
}

function install(progress: (text: string) => void): void {
  const [wanted, present] = [
    `${BENCH}package-lock.json`,
    `${BENCH}node_modules/.package-lock.json`,
  ];
  if (existsSync(present) && statSync(present).mtimeMs >= statSync(wanted).mtimeMs) return;
  progress("installing the peers");
  must("npm", ["ci", "--prefix", BENCH, "--silent", "--ignore-scripts", "--no-audit"]);
}

/**
 * Into a package of its own that is called handfast too, so that what imports the product by its
 * name gets it as it is published. The dependencies of its parts, some of which are measured alone,
 * are the product's, not those of the same name that a peer has brought.
 */
function compile(): void {
  const build = `${BENCH}build`;
  rmSync(build, { recursive: true, force: true });
  must("npm", ["run", "--silent", "--prefix", `${BENCH}..`, "build"]);
  must(process.execPath, [
    fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url)),
    "--project",
    BENCH,
  ]);
  const exports = { ".": "./dist/index.js", "./capnp": "./dist/capnp.js" };
  const manifest = { name: "handfast", private: true, type: "module", exports };
  writeFileSync(`${build}/package.json`, JSON.stringify(manifest));
  symlinkSync("../../dist", `${build}/dist`);
  symlinkSync("../../../node_modules", `${build}/src/node_modules`);
}

function must(command: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} failed: ${stdout}${stderr}`);
}

const lastLine = (text: string | null): string => text?.trim().split("\n").at(-1) ?? "no make";
