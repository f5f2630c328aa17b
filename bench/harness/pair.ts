import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { NATIVE_PEERS } from "../peers/registry.ts";
import { type Pin, pinProcess } from "./machine.ts";
import { Program } from "./program.ts";

/** What a pair speaks: bytes over a road, or calls. */
export type Kind = "channel" | "rpc";

/** A peer that this machine cannot run, and why. */
export class MissingPeer extends Error {}

/** The two processes of one peer: a server, and the client that drives it. */
export class Pair {
  readonly peer: string;
  readonly server: Program;
  readonly client: Program;
  /** The server's port, and after a space whatever else a client must know. */
  readonly address: string;

  private constructor(peer: string, server: Program, client: Program, address: string) {
    this.peer = peer;
    this.server = server;
    this.client = client;
    this.address = address;
  }

  /** Rejects with `MissingPeer` when it cannot run here. */
  static async open(kind: Kind, peer: string): Promise<Pair> {
    const server = start(kind, peer, "serve");
    const line = await server.line();
    const [, word, rest = ""] = /^(\w+) (.*)$/.exec(line) ?? [];
    if (word === "listening") return new Pair(peer, server, start(kind, peer, "drive"), rest);
    server.kill();
    if (word === "missing") throw new MissingPeer(rest);
    throw new Error(line);
  }

  /** Has the client connect, anew if it was connected, to the server or to what stands before it. */
  async connect(address: string = this.address): Promise<void> {
    await this.client.say(`connect ${address}`);
  }

  pin(pin: Pin): void {
    if (pin === "none") return;
    pinProcess(this.server.pid, 0);
    pinProcess(this.client.pid, pin === "two" ? 1 : 0);
  }

  close(): void {
    this.server.kill();
    this.client.kill();
  }
}

/** Where the compiled bench is, as run by plain Node. */
const WORKERS = fileURLToPath(new URL("../build/bench/drive", import.meta.url));

export function nodeProgram(file: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, "--expose-gc", `${WORKERS}/${file}.js`, ...args];
}

function start(kind: Kind, peer: string, role: "serve" | "drive"): Program {
  const native = NATIVE_PEERS[peer];
  if (native === undefined) return new Program(nodeProgram(`${kind}-worker`, peer, role));
  if (!existsSync(native)) throw new MissingPeer("it was not built");
  return new Program([native, role]);
}
