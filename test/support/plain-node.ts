import { versions } from "node:process";

/** The first of each line that strips types without being asked to. */
const FIRST_MINOR: Readonly<Record<string, number>> = { "22": 18, "23": 6 };

/**
 * A Node that runs TypeScript by itself: the one that `PLAIN_NODE` names, as in CI, or this one.
 * `undefined` when there is none.
 */
export const plainNode: string | undefined =
  process.env["PLAIN_NODE"] ?? (stripsTypes(versions.node) ? process.execPath : undefined);

function stripsTypes(version: string): boolean {
  const [major = "", minor = ""] = version.split(".");
  return Number(major) > 23 || Number(minor) >= (FIRST_MINOR[major] ?? Infinity);
}
