import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { listen, printPeerAddress, type RoadListener } from "../../src/net/index.ts";
import { generateSeed, KeyPair, networkIdentifier, ready } from "../../src/shs/index.ts";
import { createKeyFile } from "../../src/stores/index.ts";
import { runProgram } from "../support/program.ts";

vi.setConfig({ testTimeout: 60_000 }); // each test starts processes, and machines are busy

const NETWORK = "ping.test/v1";

let folder: string;
let key: string;
let server: KeyPair;
let door: RoadListener;
let address: string;

beforeAll(async () => {
  await ready();
  folder = await mkdtemp(join(tmpdir(), "handfast-ping-"));
  key = join(folder, "me.key");
  const me = KeyPair.fromSeed(generateSeed());
  await createKeyFile(key, me);
  await createKeyFile(join(folder, "stranger.key"), KeyPair.fromSeed(generateSeed()));
  server = KeyPair.fromSeed(generateSeed());
  door = await listen({
    address: { host: "127.0.0.1", port: 0 },
    keyPair: server,
    network: networkIdentifier(NETWORK),
    suites: ["box-stream"],
    admit: ({ id }) => id === me.id,
    limits: { admitMs: 20 },
    accepted: (socket) => {
      socket.start({
        data: () => {},
        ended: () => socket.end(),
        drain: () => {},
        closed: () => {},
      });
    },
  });
  address = printPeerAddress(door.peerAddresses()[0]!);
});
afterAll(async () => {
  await door.close();
  await rm(folder, { recursive: true });
});

const ping = (...args: string[]) => runProgram("src/cli/main.ts", ["ping", ...args]);
const known = () => ["--key", key, "--network", NETWORK];

describe("ping", () => {
  it("says who answered, and how fast", async () => {
    const { status, stdout, stderr } = await ping(address, ...known());
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^ed25519:\S{43} at 127\.0\.0\.1:\d+ answered in [\d.]+ ms \(\S+\)\n$/);
    expect(stdout).toContain(server.id);
  });

  it("says so in JSON", async () => {
    const { stdout } = await ping(address, ...known(), "--json");
    const answer = JSON.parse(stdout) as { tookMs: number };
    expect(answer).toMatchObject({ id: server.id, suite: "box-stream" });
    expect(answer.tookMs).toBeGreaterThan(0);
  });

  it("knows a network by its bytes too", async () => {
    const hex = Buffer.from(networkIdentifier(NETWORK)).toString("hex");
    expect((await ping(address, "--key", key, "--network", hex)).status).toBe(0);
  });

  const failure = async (code: string, ...args: string[]) => {
    const { status, stdout, stderr } = await ping(...args);
    const misspelt = ["USAGE", "ADDRESS_INVALID", "NETWORK_INVALID"].includes(code);
    expect({ status, stdout }).toEqual({ status: misspelt ? 2 : 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^error ${code}: .+\n`));
    expect(stderr).not.toMatch(/\n +at /);
    return stderr;
  };

  it("points at the column where an address goes wrong", async () => {
    const stderr = await failure("ADDRESS_INVALID", `${address}&x`, ...known());
    const [, text, caret, hint] = stderr.split("\n");
    expect(text).toBe(`  ${address}&x`);
    expect(caret).toMatch(/^ +\^$/);
    expect(hint).toMatch(/^hint: an address is /);
  });

  it.each([
    "capnp://ed25519:short@127.0.0.1:1",
    "http://example.com",
    "net:h:1~shs:x",
    "",
    "capnp://",
  ])("refuses %j for an address", async (text) => {
    await failure("ADDRESS_INVALID", text, ...known());
  });

  it("wants to be told the network", async () => {
    expect(await failure("USAGE", address, "--key", key)).toContain("--network NAME");
    await failure("NETWORK_INVALID", address, "--key", key, "--network", "x".repeat(33));
  });

  it("wants a timeout that is a number", async () => {
    for (const ms of ["0", "-1", "soon", "600001"]) {
      await failure("USAGE", address, ...known(), `--timeout=${ms}`);
    }
  });

  it("wants a key that is there, and private", async () => {
    await failure("KEY_FILE_MISSING", address, "--network", NETWORK, "--key", `${key}.none`);
    const open = join(folder, "open.key");
    await createKeyFile(open, KeyPair.fromSeed(generateSeed()));
    await chmod(open, 0o644);
    await failure("KEY_FILE_MODE", address, "--network", NETWORK, "--key", open);
  });

  it("says what is known when the peer is of another network", async () => {
    await failure("HANDSHAKE_CUT", address, "--key", key, "--network", "other.test/v1");
  });

  it("says what is known when the peer will not have us, or is another one", async () => {
    const stranger = join(folder, "stranger.key");
    await failure("NOT_ADMITTED", address, "--network", NETWORK, "--key", stranger);
    const other = KeyPair.fromSeed(generateSeed());
    await failure("NOT_ADMITTED", address.replace(server.id, other.id), ...known());
  });

  it("says when nobody listens", async () => {
    const port = await freePort();
    await failure("CONNECTION_REFUSED", address.replace(/:\d+(\?|$)/, `:${port}$1`), ...known());
  });

  it("waits no longer than it was told to", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const mute = address.replace(/:\d+(\?|$)/, `:${port}$1`);
    await failure("HANDSHAKE_TIMEOUT", mute, ...known(), "--timeout", "50");
    silent.close();
  });
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
