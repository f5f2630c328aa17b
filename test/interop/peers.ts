import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { complaint, run } from "./program.ts";

/** An implementation that the machine may be able to build. */
export interface Peer {
  readonly name: string;
  /** Commands that print a version when the tool is there. */
  readonly tools: readonly (readonly string[])[];
  readonly headers: readonly string[];
  /** Default: `build/peer` in the folder of its name, where `make` leaves it. */
  readonly command?: readonly string[];
}

export type Prepared =
  | { readonly is: "ready"; readonly command: readonly string[] }
  | { readonly is: "missing"; readonly why: string }
  | { readonly is: "broken"; readonly why: string };

const MAKE = ["make", "--version"];
const CAPNP = ["capnp", "--version"];

export const PEERS: readonly Peer[] = [
  {
    name: "handfast",
    tools: [],
    headers: [],
    // Under the conditions and loaders that this very program runs under.
    command: [process.execPath, ...process.execArgv, pathTo("handfast-peer.ts")],
  },
  {
    name: "cpp",
    tools: [MAKE, CAPNP, ["g++", "--version"]],
    headers: ["/usr/include/capnp/rpc-twoparty.h"],
  },
  { name: "go", tools: [MAKE, CAPNP, ["go", "version"]], headers: [] },
  { name: "rust", tools: [MAKE, CAPNP, ["cargo", "--version"]], headers: [] },
  { name: "python", tools: [MAKE, ["python3", "-m", "venv", "--help"]], headers: [] },
];

const PROBE_TIMEOUT_MS = 30_000;
/** Compiling from nothing on a busy machine, downloads included. */
const BUILD_TIMEOUT_MS = 15 * 60_000;

/** Builds a peer, unless a tool for it is missing. */
export async function prepare(peer: Peer): Promise<Prepared> {
  const absent = await findAbsent(peer);
  if (absent.length > 0) return { is: "missing", why: `no ${absent.join(", no ")}` };
  if (peer.command !== undefined) return { is: "ready", command: peer.command };
  const folder = pathTo(peer.name);
  const built = await run(["make", "--silent"], { folder, timeoutMs: BUILD_TIMEOUT_MS });
  if (built.why !== undefined)
    return { is: "broken", why: `make ${built.why}: ${complaint(built.stderr)}` };
  return { is: "ready", command: [`${folder}/build/peer`] };
}

async function findAbsent({ tools, headers }: Peer): Promise<readonly string[]> {
  const absent = headers.filter((header) => !existsSync(header));
  for (const tool of tools) {
    const { why } = await run(tool, { timeoutMs: PROBE_TIMEOUT_MS });
    if (why !== undefined) absent.push(tool.slice(0, -1).join(" "));
  }
  return absent;
}

function pathTo(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
