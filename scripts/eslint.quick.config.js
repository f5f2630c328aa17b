/**
 * The lint of `npm run check`: every rule for the sources of the product, and for tests, benches,
 * scripts and generated code those that need no types. Types are nine tenths of the work; CI has the
 * time and runs `eslint.config.js` over everything.
 */
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import everywhere from "./eslint.config.js";

export default defineConfig(
  everywhere,
  {
    files: ["src/**/*.ts"],
    languageOptions: { parserOptions: { project: "scripts/tsconfig.src.json" } },
  },
  {
    files: ["test/**", "bench/**", "scripts/**", "**/*.capnp.ts"],
    extends: [tseslint.configs.disableTypeChecked],
    linterOptions: { reportUnusedDisableDirectives: "off" },
  },
);
