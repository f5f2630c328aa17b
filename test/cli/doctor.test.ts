import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Identity, Vat, type VatOptions } from "handfast";
import { isAtLeast } from "../../src/cli/doctor/machine.ts";
import { runProgram } from "../support/program.ts";
import { handfast } from "./screen.ts";

const NETWORK = "doctor.test/v1";

interface Line {
  readonly about: string;
  readonly is: string;
  readonly text: string;
  readonly code?: string;
  readonly advice?: string;
}

/** What the doctor finds: its exit status, and one line for each thing it looked at. */
async function examine(...args: string[]) {
  const { status, out, err } = await handfast("--json", "doctor", ...args);
  const lines = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  const about = (name: string) => lines.find((line) => line.about === name);
  return { status, err, about, last: lines.at(-1) };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "handfast-doctor-"));
  onTestFinished(() => {
    rmSync(made, { recursive: true });
  });
  return made;
}

async function client() {
  const key = join(folder(), "me.key");
  const { out } = await handfast("keygen", key);
  return { key, id: out.trim(), options: ["--key", key, "--network", NETWORK] };
}

async function node(admit: VatOptions["admit"], listen = "tcp://127.0.0.1:0"): Promise<string> {
  const vat = await Vat.open({
    identity: await Identity.generate(),
    network: NETWORK,
    admit,
    anonymousBootstrap: () => ({}) as never, // nobody asks for it
    limits: { net: { admitMs: 20 } },
  });
  onTestFinished(() => vat.close());
  return (await vat.listen(listen)).address;
}

/** A TCP server that does with its clients what `serve` says. */
async function server(serve: Parameters<typeof createServer>[1]): Promise<string> {
  const listening = createServer(serve).listen(0, "127.0.0.1");
  await once(listening, "listening");
  onTestFinished(() => {
    listening.close();
  });
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

it("finds this machine fit, and says what it looked at", async () => {
  const { key, id } = await client();
  const { status, out, err } = await handfast("doctor", "--key", key, "--network", NETWORK);
  expect({ status, err }).toEqual({ status: 0, err: "" });
  expect(out).toMatch(/^ok {4}node {8}\d+\.\d+\.\d+\nok {4}libsodium {3}\S/);
  for (const about of ["cipher", "clock", "files", "compiler"]) {
    expect(out).toMatch(new RegExp(`^(ok|warn) +${about} `, "m"));
  }
  expect(out).toContain(`${id}, for its owner alone, in ${key}`);
  expect(out).toMatch(/^ok +network +doctor\.test\/v1$/m);
});

it("says why the accelerator is not used", { timeout: 60_000 }, async () => {
  const { key } = await client();
  const env = { HANDFAST_ACCELERATOR: "none" };
  const { status, stdout } = await runProgram("src/cli/main.ts", ["doctor", "--key", key], { env });
  expect(status).toBe(0);
  expect(stdout).toContain("ok    libsodium   its WebAssembly\n");
  expect(stdout).toMatch(
    /^warn {2}accelerator sodium-native is not used: it is switched off\n +unset HANDFAST_ACCELERATOR/m,
  );
});

it("fails for a key that others may read, and says what to do", async () => {
  const { key } = await client();
  chmodSync(key, 0o644);
  const { status, err, about } = await examine("--key", key);
  expect(status).toBe(1);
  expect(about("key")).toMatchObject({ is: "fail", code: "KEY_FILE_MODE" });
  expect(about("key")?.advice).toContain("chmod 600");
  expect(JSON.parse(err)).toMatchObject({ error: { code: "UNWELL" } });
});

it("goes all the way to a peer that has us", async () => {
  const { options } = await client();
  const { status, about } = await examine(await node("anyone"), ...options);
  expect(status).toBe(0);
  expect(about("tcp")?.text).toMatch(/^127\.0\.0\.1:\d+ answers in [\d.]+ ms$/);
  expect(about("handshake")?.text).toMatch(/^ed25519:\S+ has proven its key, and admits ours, in /);
});

it("tells each place where the way to a peer may end", async () => {
  const { options, id } = await client();
  const address = await node(() => false);
  const key = address.slice(0, address.indexOf("@"));
  const ends = async (at: string, ...more: string[]) => {
    const { status, last, about } = await examine(at, ...options, ...more);
    expect(status).toBe(1);
    expect(last?.is).toBe("fail");
    expect(last?.advice).toBeDefined();
    return [about("tcp")?.is, last?.about, last?.code];
  };
  expect(await ends(address)).toEqual(["ok", "handshake", "NOT_ADMITTED"]);
  expect(await ends(address, "--network", "n")).toEqual(["ok", "handshake", "HANDSHAKE_CUT"]);
  const mute = await server((socket) => socket.on("error", () => {}).resume());
  expect(await ends(`${key}@${mute}`, "--timeout", "50")).toEqual([
    "ok",
    "handshake",
    "HANDSHAKE_TIMEOUT",
  ]);
  const babbling = await server((socket) => socket.on("error", () => {}).end("x".repeat(64)));
  expect(await ends(`${key}@${babbling}`)).toEqual(["ok", "handshake", "WRONG_NETWORK"]);
  expect(await ends(`${key}@127.0.0.1:1`)).toEqual(["fail", "tcp", "CONNECTION_REFUSED"]);
  expect(await ends(`${key.replace(/ed25519:.*/, id)}@127.0.0.1:1`)).toEqual([
    undefined,
    "address",
    "SELF_CONNECT",
  ]);
});

it("tells a name that nobody knows", { timeout: 60_000 }, async () => {
  const { options, id } = await client();
  const { status, about } = await examine(`capnp://${id}@nobody.invalid:1`, ...options);
  expect(status).toBe(1);
  expect(about("name")).toMatchObject({ is: "fail", code: "HOST_NOT_FOUND" });
});

it("connects, and no more, where there is no handshake to try", async () => {
  const { key, options } = await client();
  const [address, insecure] = [
    await node("anyone"),
    await node("anyone", "insecure://127.0.0.1:0"),
  ];
  const without = await examine(address, "--key", key);
  expect(without.status).toBe(0);
  expect(without.last).toMatchObject({ about: "tcp", is: "warn", advice: "add `--network NAME`" });
  const plain = await examine(insecure, ...options);
  expect(plain.last).toMatchObject({ about: "tcp", is: "ok" });
  const unix = await node("anyone", `insecure+unix:${folder()}/s`);
  expect((await examine(unix, ...options)).last).toMatchObject({ about: "socket", is: "ok" });
});

it("compares versions as numbers", () => {
  expect(isAtLeast("20.20.0", "20.19")).toBe(true);
  expect(isAtLeast("20.19.0", "20.19")).toBe(true);
  expect(isAtLeast("20.9.1", "20.19")).toBe(false);
  expect(isAtLeast("22.0.0", "20.19")).toBe(true);
  expect(isAtLeast("18.20.0", "20.19")).toBe(false);
});
