import { createRequire } from "node:module";

/** What this package's own package.json says. */
export interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
}

const require = createRequire(import.meta.url);

/** Where it is: found by the package's name, from the sources and what is built of them alike. */
export const manifestPath = require.resolve("handfast/package.json");

export function manifest(): Manifest {
  return require(manifestPath) as Manifest; // ours
}
