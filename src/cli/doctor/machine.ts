import { execFile } from "node:child_process";
import { getCiphers } from "node:crypto";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { DEFAULT_LIMITS } from "../../net/index.ts";
import { accelerator, ready } from "../../shs/index.ts";
import { manifest, manifestPath } from "../manifest.ts";
import { failure, type Finding, ok, warn } from "./finding.ts";

const run = promisify(execFile);

/** What this machine has of all that handfast needs, one after the other. */
export async function* machineFindings(): AsyncGenerator<Finding> {
  yield nodeFinding();
  yield* await sodiumFindings();
  yield cipherFinding();
  yield await clockFinding();
  yield* await filesFinding();
  yield await compilerFinding();
}

function nodeFinding(): Finding {
  const { engines } = manifest();
  const oldest = engines.node.replace(/^>=/, "");
  const version = process.versions.node;
  if (isAtLeast(version, oldest)) return ok("node", version);
  const text = `${version} is too old`;
  return { about: "node", is: "fail", text, advice: `install Node ${oldest} or newer` };
}

/** Whether `20.20.0` is `20.19` or newer. */
export function isAtLeast(version: string, oldest: string): boolean {
  const [have, want] = [version, oldest].map((text) => text.split(".").map(Number));
  const [major = 0, minor = 0] = have ?? [];
  const [oldestMajor = 0, oldestMinor = 0] = want ?? [];
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

async function sodiumFindings(): Promise<readonly Finding[]> {
  try {
    await ready();
  } catch (error) {
    return [{ ...failure("libsodium", error), advice: "install handfast anew: `npm ci`" }];
  }
  const { name, reason = "" } = accelerator();
  const loaded = ok("libsodium", name === "none" ? "its WebAssembly" : name);
  if (name !== "none") return [loaded];
  const [why, advice] = whyNotNative(reason);
  const text = `sodium-native is not used: ${why}`;
  return [loaded, warn("accelerator", text, advice)];
}

/** In plain words, and what to do about it. It is optional: everything works without. */
function whyNotNative(reason: string): readonly [why: string, advice: string] {
  if (reason === "switched off") {
    return ["it is switched off", "unset HANDFAST_ACCELERATOR to be several times as fast"];
  }
  if (reason.includes("Cannot find module")) {
    return [
      "it is not installed",
      "not needed, and several times as fast: `npm install sodium-native`",
    ];
  }
  return [reason, "not needed, and several times as fast: try `npm rebuild sodium-native`"];
}

/** Large records of `aead64k` are sealed by node:crypto; a build for FIPS lacks the cipher. */
function cipherFinding(): Finding {
  const name = "chacha20-poly1305";
  if (getCiphers().includes(name)) return ok("cipher", `node:crypto has ${name}`);
  const advice = "this Node is built without it (FIPS?): take another build";
  return { about: "cipher", is: "fail", text: `node:crypto has no ${name}`, advice };
}

const DAY_MS = 24 * 3600 * 1000;

/** A clock is wrong for certain when it is earlier than the files of this very program. */
async function clockFinding(): Promise<Finding> {
  const { mtimeMs } = await stat(manifestPath);
  const now = new Date();
  if (now.getTime() > mtimeMs - DAY_MS) return ok("clock", now.toISOString());
  const text = `it says ${now.toISOString()}, before handfast was installed`;
  return warn("clock", text, "set it: tokens and certificates expire by it");
}

/** What else a node has open beside its connections. Ours. */
const OTHER_FILES = 100;

/** How many files, which is sockets too, may be open. */
async function filesFinding(): Promise<readonly Finding[]> {
  let limit: string;
  try {
    limit = (await run("sh", ["-c", "ulimit -n"])).stdout.trim();
  } catch {
    return []; // a system without such a limit
  }
  const wanted = DEFAULT_LIMITS.maxConnections + OTHER_FILES;
  const text = `${limit} may be open at once`;
  if (limit === "unlimited" || Number(limit) >= wanted) return [ok("files", text)];
  const advice = `a listener takes ${DEFAULT_LIMITS.maxConnections} connections unless its limits say less: \`ulimit -n ${wanted}\``;
  return [warn("files", text, advice)];
}

async function compilerFinding(): Promise<Finding> {
  try {
    return ok("compiler", (await run("capnp", ["--version"])).stdout.trim());
  } catch {
    const advice = "only `handfast gen` needs it: `apt-get install capnproto`";
    return warn("compiler", "there is no `capnp` on the PATH", advice);
  }
}
