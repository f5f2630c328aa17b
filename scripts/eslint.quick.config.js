/**
 * The lint of `npm run check`: all rules that need no types, for all code that people write. Types
 * are nine tenths of the work; CI has the time and runs `eslint.config.js` over everything, the
 * generated code too.
 */
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import everywhere from "./eslint.config.js";

export default defineConfig({ ignores: ["**/*.capnp.ts"] }, everywhere, {
  files: ["**/*.ts"],
  extends: [tseslint.configs.disableTypeChecked],
  linterOptions: { reportUnusedDisableDirectives: "off" },
});
