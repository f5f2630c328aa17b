import { spawnSync } from "node:child_process";

/**
 * Whether to run what needs the `capnp` tool (Debian's package `capnproto`): not where there is
 * none, so that a fresh clone passes its tests, but always in CI.
 */
export const withCapnpTool =
  process.env["CI"] === "true" || spawnSync("capnp", ["--version"]).status === 0;
