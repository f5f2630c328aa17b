import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  DEFAULT_LIMITS,
  listen,
  printPeerAddress,
  type RoadListener,
  type SecureSocket,
} from "../../src/net/index.ts";
import { generateSeed, KeyPair, networkIdentifier, ready } from "../../src/shs/index.ts";
import { createKeyFile } from "../../src/stores/index.ts";
import { runProgram } from "../support/program.ts";
import { handfast } from "./screen.ts";

vi.setConfig({ testTimeout: 60_000 }); // one test starts a process, and machines are busy

const NETWORK = "ping.test/v1";

let folder: string;
let key: string;
let server: KeyPair;
let door: RoadListener;
let address: string;
/** The same peer, by `aead64k`. */
let fast: string;

/** What the peer does on an accepted road. */
const polite = (socket: SecureSocket) => {
  socket.start({
    data: () => {},
    ended: () => {
      socket.end();
    },
    drain: () => {},
    closed: () => {},
  });
};
let events = polite;

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
    suites: ["box-stream", "aead64k"],
    admit: ({ id }) => id === me.id,
    limits: { admitMs: 20 },
    accepted: (socket) => {
      events(socket);
    },
  });
  [address, fast] = door.peerAddresses().map(printPeerAddress) as [string, string]; // one a suite
});
afterAll(async () => {
  await door.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly roundTrips: { readonly count: number; p50Ms: number; p99Ms: number } | null;
}

/** What is printed when it goes well. */
async function pinged(...args: string[]): Promise<string> {
  const { status, out, err } = await handfast("ping", ...args, ...known());
  expect({ status, err }).toEqual({ status: 0, err: "" });
  return out;
}

const ping = (...args: string[]) => handfast("ping", ...args);
const known = () => ["--key", key, "--network", NETWORK];

describe("ping", () => {
  it("says who answered, and how fast", async () => {
    const program = ["ping", address, ...known()];
    const { status, stdout, stderr } = await runProgram("src/cli/main.ts", program);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [who, times, trips] = stdout.split("\n");
    expect(who).toMatch(
      /^ed25519:\S{43} at 127\.0\.0\.1:\d+ answered in [\d.]+ ms \(box-stream\)$/,
    );
    expect(who).toContain(server.id);
    expect(times).toMatch(/^connect [\d.]+ ms, handshake [\d.]+ ms$/);
    expect(trips).toBe("round trips: not measured, box-stream has no ping");
  });

  it("says so in JSON", async () => {
    const { out } = await ping(address, ...known(), "--json");
    const answer = JSON.parse(out) as Record<"tookMs" | "connectMs" | "handshakeMs", number>;
    expect(answer).toMatchObject({ id: server.id, suite: "box-stream", roundTrips: null });
    expect(answer.handshakeMs).toBeGreaterThan(0);
    expect(answer.tookMs).toBeCloseTo(answer.connectMs + answer.handshakeMs, 1);
  });

  it("counts round trips where the suite has pings", async () => {
    const text = await pinged(fast, "--count", "3");
    expect(text).toMatch(/\n3 round trips: p50 [\d.]+ ms, p99 [\d.]+ ms\n$/);
    const { roundTrips } = JSON.parse(await pinged(fast, "--count", "3", "--json")) as Answer;
    expect(roundTrips?.count).toBe(3);
    expect(roundTrips?.p50Ms).toBeGreaterThan(0);
    expect(roundTrips?.p99Ms).toBeGreaterThanOrEqual(roundTrips!.p50Ms);
    expect(await pinged(fast, "--count", "0")).not.toContain("round trips");
  });

  it("does not outrun what a peer bears in pings", async () => {
    const { maxPingsPerSecond } = DEFAULT_LIMITS;
    const many = maxPingsPerSecond + 20;
    const { roundTrips } = JSON.parse(
      await pinged(fast, "--count", String(many), "--json"),
    ) as Answer;
    expect(roundTrips?.count).toBe(many);
  });

  it("says that a peer left, or is mute, instead of a figure", async () => {
    events = (socket) => {
      socket.destroy();
    };
    const left = await handfast("ping", fast, ...known());
    expect(left).toMatchObject({ status: 1, out: "" });
    expect(left.err).toMatch(/^error (TRUNCATED|RESET): /);
    events = () => {}; // the road is not started: nobody reads what it is sent
    const mute = await handfast("ping", fast, ...known(), "--timeout", "200");
    expect(mute).toMatchObject({ status: 1, out: "" });
    expect(mute.err).toMatch(/^error IDLE_TIMEOUT: no answer to a ping within 200 ms\n/);
    events = polite;
  });

  it("knows a network by its bytes too", async () => {
    const hex = Buffer.from(networkIdentifier(NETWORK)).toString("hex");
    expect((await ping(address, "--key", key, "--network", hex)).status).toBe(0);
  });

  const failure = async (code: string, ...args: string[]) => {
    const { status, out, err } = await ping(...args);
    const misspelt = ["USAGE", "ADDRESS_INVALID", "NETWORK_INVALID"].includes(code);
    expect({ status, out }).toEqual({ status: misspelt ? 2 : 1, out: "" });
    expect(err).toMatch(new RegExp(`^error ${code}: .+\n`));
    expect(err).not.toMatch(/\n +at /);
    return err;
  };

  it("points at the column where an address goes wrong", async () => {
    const stderr = await failure("ADDRESS_INVALID", `${address}&x`, ...known());
    const [, text, caret, hint] = stderr.split("\n");
    expect(text).toBe(`  ${address}&x`);
    expect(caret).toMatch(/^ +\^$/);
    expect(hint).toMatch(/^hint: a peer is /);
  });

  it.each(["capnp://ed25519:short@127.0.0.1:1", "http://example.com", "net:h:1~shs:x", "capnp://"])(
    "refuses %j for an address",
    async (text) => {
      await failure("ADDRESS_INVALID", text, ...known());
    },
  );

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
