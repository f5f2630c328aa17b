import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "../../src/cli/program.ts";
import { Terminal } from "../../src/cli/terminal.ts";
import { handfast } from "./screen.ts";

const PEER = `capnp://ed25519:${"A".repeat(43)}@127.0.0.1:1`;
const SERVE = ["tunnel", "serve", "--network", "n", "--to", "127.0.0.1:1"];
const CONNECT = ["tunnel", "connect", "--network", "n"];
const PROBE = ["serve-probe", "--network", "n"];

let folder: string;
let key: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "handfast-wrong-"));
  key = join(folder, "me.key");
  await handfast("keygen", key);
  writeFileSync(join(folder, "peers"), "somebody\n");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** One line for what is wrong, a second for the place in an address, a last one with a hint. */
function expectClear(err: string, code: string, message: string): void {
  const [first, ...rest] = err.trimEnd().split("\n");
  expect(first).toMatch(new RegExp(`^error ${code}: `));
  expect(first).toContain(message);
  expect(rest.at(-1)).toMatch(/^hint: /);
  expect(rest).toHaveLength(code === "ADDRESS_INVALID" ? 3 : 1);
}

it.each([
  [[], "no command was given"],
  [["frobnicate"], "unknown command 'frobnicate'"],
  [["--frobnicate"], "unknown option '--frobnicate'"],
  [["keygen", ""], "word 2 of the command line is empty"],
  [["keygen", "a", "b"], "too many arguments"],
  [["id", ""], "word 2 of the command line is empty"],
  [["id", "a", "b"], "too many arguments"],
  [["id", "--frobnicate"], "unknown option"],
  [["gen"], "missing required argument 'FILE'"],
  [["gen", "a.capnp", "--out"], "argument missing"],
  [["gen", "a.capnp", "--out="], "the value of --out= of the command line is empty"],
  [["ping"], "missing required argument 'ADDRESS'"],
  [["ping", PEER], "nothing says which network"],
  [["ping", PEER, PEER], "too many arguments"],
  [["ping", PEER, "--count", "few"], "--count takes a whole number from 0 to 10000, not few"],
  [["ping", PEER, "--count", "10001"], "--count takes a whole number"],
  [["ping", PEER, "--throughput", "0"], "--throughput takes a whole number from 1 to 60"],
  [["ping", PEER, "--timeout", "-1"], "--timeout takes a whole number"],
  [["tunnel"], "no command was given"],
  [["tunnel", "frobnicate"], "unknown command"],
  [["tunnel", "serve", "--anyone"], "required option '--to <SERVICE>' not specified"],
  [[...SERVE], "nothing says who may connect"],
  [[...SERVE, "--admit", "me"], "me is not the id of a key"],
  [[...SERVE, "--admit-file", "/nowhere"], "/nowhere cannot be read"],
  [[...SERVE, "--anyone", "--admit", "me"], "no other key can be named"],
  [[...SERVE, "--anyone", "--suite", "tls"], "argument 'tls' is invalid"],
  [[...SERVE, "--anyone", "--stall", "0"], "--stall takes a whole number"],
  [[...SERVE, "--anyone", "--listen", "insecure://127.0.0.1:0"], "--listen takes tcp://"],
  [["tunnel", "serve", "--to", "127.0.0.1:1", "--anyone"], "nothing says which network"],
  [[...CONNECT], "missing required argument 'ADDRESS'"],
  [["tunnel", "connect", PEER], "nothing says which network"],
  [[...CONNECT, PEER, "--grace", "long"], "--grace takes a whole number"],
  [[...PROBE], "nothing says who may connect"],
  [[...PROBE, "--anyone", "--listen", "tls://127.0.0.1:0"], "--listen takes tcp://"],
  [["serve-probe", "--anyone"], "nothing says which network"],
  [["inspect"], "missing required argument 'SOCKET'"],
  [["inspect", ""], "word 2 of the command line is empty"],
  [["inspect", "/x", "--leak-after", "-1"], "--leak-after takes seconds, not -1"],
  [["inspect", "/x", "--interval", "0"], "--interval takes 0.1 seconds or more, not 0"],
  [["doctor", PEER, PEER], "too many arguments"],
  [["doctor", "--key="], "the value of --key= of the command line is empty"],
  [["doctor", "--timeout", "soon"], "--timeout takes a whole number"],
])("handfast %j is a mistake that is named before anything is done", async (args, message) => {
  const { status, out, err } = await handfast(...args);
  expect({ status, out }).toEqual({ status: 2, out: "" });
  expectClear(err, "USAGE", message);
});

it("names the file of admitted keys in which a line is none", async () => {
  const file = join(folder, "peers");
  const { status, err } = await handfast(...SERVE, "--admit-file", file, "--key", key);
  expect(status).toBe(2);
  expectClear(err, "USAGE", `somebody is not the id of a key`);
});

it.each([
  [["ping", "x", "--network", "n"], 1],
  [["ping", PEER.replace("@", "#"), "--network", "n"], 60],
  [["ping", "insecure://127.0.0.1:1", "--network", "n"], 1],
  [[...SERVE.slice(0, -1), "127.0.0.1", "--anyone"], 10],
  [[...SERVE, "--anyone", "--listen", "tcp://127.0.0.1"], 16],
  [[...CONNECT, "127.0.0.1:1"], 1],
  [[...CONNECT, PEER, "--listen", "127.0.0.1:99999"], 11],
  [[...PROBE, "--anyone", "--listen", "unix:x"], 6],
  [[...SERVE, "--anyone", "--advertise", "my host"], 3],
  [[...PROBE, "--anyone", "--advertise", "[::1"], 5],
  [["doctor", "capnp+tls://mtls-sha256:abc@h:1"], 28],
  [["doctor", `capnp://${"x".repeat(51)}@h:1`], 9],
])("handfast %j points at column %i", async (args, column) => {
  const { status, out, err } = await handfast(...args);
  expect({ status, out }).toEqual({ status: 2, out: "" });
  expectClear(err, "ADDRESS_INVALID", `column ${column}: `);
  expect(err.split("\n")[2]).toBe(`${" ".repeat(column + 1)}^`);
});

it("keeps what is in the clear on this machine", async () => {
  const far = [...SERVE.slice(0, -1), "192.0.2.1:80", "--anyone", "--key", key];
  const plain = ["doctor", "insecure://192.0.2.1:80"];
  for (const args of [[...CONNECT, PEER, "--listen", "0.0.0.0:0"], far, plain]) {
    const { status, err } = await handfast(...args);
    expect(status).toBe(2);
    expectClear(err, "INSECURE", "plain TCP goes to 127.0.0.1 and ::1 only");
  }
});

it.each([["ping", PEER], ["doctor"], ["serve-probe", "--anyone"]])(
  "%s refuses a network that is no name",
  async (...args) => {
    for (const network of ["x".repeat(33), "ü"]) {
      const { status, err } = await handfast(...args, "--network", network);
      expect(status).toBe(2);
      expectClear(err, "NETWORK_INVALID", "a network's name");
    }
  },
);

it("keygen names the folder that a path with a slash at its end is in", async () => {
  const { err } = await handfast("keygen", join(folder, "none/"));
  expectClear(err, "KEY_FILE_UNWRITABLE", `there is no folder ${join(folder, "none")}`);
});

it.each([[SERVE], [PROBE]])(
  "%s that is stopped when it says that it listens ends in order",
  async (command) => {
    const results: string[] = [];
    const write = (text: string) => {
      if (results.push(text) === 1) process.emit("SIGTERM");
    };
    const terminal = new Terminal({ stdout: { write }, stderr: { write }, env: {} });
    const where = ["--listen", "tcp://127.0.0.1:0", "--anyone", "--key", key];
    expect(await run([...command, ...where], terminal)).toBe(0);
    expect(results).toHaveLength(2);
  },
);

it.each([
  ["keygen", "KEY_FILE_UNWRITABLE", "there is no folder /nowhere"],
  ["id", "KEY_FILE_MISSING", "there is no key file /nowhere/me.key"],
])("%s in a folder that is missing fails plainly", async (command, code, message) => {
  const { status, err } = await handfast(command, "/nowhere/me.key");
  expect(status).toBe(1);
  expect(err.split("\n")[0]).toBe(`error ${code}: ${message}`);
  expectClear(err, code, message);
});
