import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  resolve: {
    conditions: ["@handfast/source"],
    alias: [
      { find: /^handfast$/, replacement: source("index.ts") },
      { find: /^handfast\/otel$/, replacement: source("observe/otel.ts") },
      { find: /^handfast\/auth$/, replacement: source("auth/index.ts") },
      { find: /^handfast\/capnp$/, replacement: source("capnp.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts", "src/examples/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/interop/**"],
    testTimeout: 60_000,
    pool: "forks",
  },
});
