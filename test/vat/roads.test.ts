import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type AnonymousPeer,
  type Connection,
  memoryRoads,
  type Peer,
  type Suite,
  type Vat,
  type VatOptions,
} from "handfast";
import { Bench } from "../../bench/bench.capnp.ts";
import { FIRST, idOf, SECOND } from "../net/support/certificates.ts";
import { Counter, Watcher } from "../support/counter.capnp.ts";
import { openVat, TestCounter } from "./support.ts";

/** A way from a client's vat to a server's. */
interface Way {
  readonly connect: (server: Vat, client: Vat) => Promise<Connection> | Connection;
  /** What the server knows of the client. */
  readonly transport: string;
  /** Default: nothing is proven. */
  readonly idOfClient?: (client: Vat) => string;
  readonly idOfServer?: (server: Vat) => string;
}

const identity = ({ identity: { id } }: Vat) => id;

const listening =
  (where: () => string, suites?: readonly Suite[]) => async (server: Vat, client: Vat) => {
    const { address } = await server.listen(where(), { suites });
    return client.connect(address);
  };

const shs = (connect: Way["connect"]): Way => ({
  connect,
  transport: "shs",
  idOfClient: identity,
  idOfServer: identity,
});

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "handfast-road-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, "vat.sock");
}

const tcp = () => "tcp://127.0.0.1:0";

const WAYS: Readonly<Record<string, Way>> = {
  aead64k: shs(listening(tcp)),
  "box-stream": shs(listening(tcp, ["box-stream"])),
  compact: shs(listening(tcp, ["compact"])),
  "a Unix socket": shs(listening(() => `unix:${socketPath()}`)),
  TLS: {
    connect: listening(() => "tls://127.0.0.1:0"),
    transport: "mtls",
    idOfClient: () => idOf(SECOND),
    idOfServer: () => idOf(FIRST),
  },
  memory: {
    connect: (server, client) => {
      const [near, far] = memoryRoads();
      server.join(far);
      return client.join(near);
    },
    transport: "memory",
  },
  "plain TCP": { connect: listening(() => "insecure://127.0.0.1:0"), transport: "tcp" },
};

/** Two vats joined by this way, and the peer that the server minted a root for. */
async function joined({ connect }: Way, options: Partial<VatOptions> = {}) {
  const peers: (Peer | AnonymousPeer)[] = [];
  const bootstrap = (peer: Peer | AnonymousPeer) => {
    peers.push(peer);
    return new TestCounter();
  };
  const minting = { bootstrap, anonymousBootstrap: bootstrap };
  const server = await openVat({ admit: "anyone", certificate: FIRST, ...minting, ...options });
  const client = await openVat({ certificate: SECOND });
  const connection = await connect(server, client);
  return { server, client, connection, peers };
}

/** Small, of more than a chunk, and of many. */
const SIZES = [1, 100, 5000, 20_000, 65_536, 1_000_000];

describe.each(Object.entries(WAYS))("over %s", (_, way) => {
  it("calls pipeline, objects and callbacks pass, and the goodbye is heard", async () => {
    const { connection, client, peers } = await joined(way);
    const root = connection.bootstrap(Counter);
    expect((await root.child({ start: 20 }).counter.add({ amount: 3 })).total).toBe(23);
    const told: number[] = [];
    await root.watch({
      watcher: Watcher.serve({ changed: ({ total }) => (told.push(total), {}) }),
    });
    await root.add({ amount: 2 });
    await root.add({ amount: 3 });
    expect(told).toEqual([2, 5]);
    await client.close();
    expect(await connection.closed).toBeUndefined();
    expect(peers).toHaveLength(1);
    expect(peers[0]?.signal.aborted || (await aborted(peers[0]!.signal))).toBe(true);
  });

  it("each side knows of the other what was proven, and no more", async () => {
    const { connection, peers, server, client } = await joined(way);
    const peer = await connection.ready;
    expect([peer.transport, peer.id]).toEqual([way.transport, way.idOfServer?.(server)]);
    const seen = await connection.bootstrap(Counter).whoami();
    const id = way.idOfClient?.(client);
    expect([seen.transport, seen.peer, seen.principal]).toEqual([
      way.transport,
      id ?? "",
      id ?? "",
    ]);
    expect(peers.map((it) => it.id)).toEqual([id]);
  });

  it("what was received is never written to again, however much comes after it", async () => {
    const held: { readonly bytes: Uint8Array; readonly call: number }[] = [];
    const keep = (bytes: Uint8Array) => held.push({ bytes, call: bytes[0]! });
    const echo = Bench.serve({
      echo: ({ payload }) => {
        keep(payload);
        return { payload: Buffer.from(payload) };
      },
    });
    const root = { bootstrap: () => echo, anonymousBootstrap: () => echo };
    const { connection } = await joined(way, root);
    const bench = connection.bootstrap(Bench);
    let calls = 0;
    const call = async (bytes: number) => {
      calls += 1;
      keep((await bench.echo({ payload: Buffer.alloc(bytes, calls) })).payload);
    };
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([...SIZES, ...SIZES.toReversed()].map(call)); // cut wherever a chunk ends
      for (const bytes of SIZES) await call(bytes);
    }
    expect(held).toHaveLength(2 * calls);
    const changed = held.filter(({ bytes, call }) => !bytes.every((byte) => byte === call));
    expect(changed.map(({ bytes, call }) => `${bytes.length} bytes of call ${call}`)).toEqual([]);
  });

  it("large messages arrive whole, both ways", async () => {
    const { connection } = await joined(way);
    const root = connection.bootstrap(Counter);
    await root.write({ chunk: Buffer.alloc(3_000_000) });
    expect((await root.add({ amount: 1 })).total).toBe(1);
  });
});

function aborted(signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => {
      resolve(true);
    });
  });
}

describe("a road of TLS", () => {
  it("mints with what the certificate says of itself", async () => {
    const { connection, peers } = await joined(WAYS["TLS"]!);
    await connection.bootstrap(Counter).add({ amount: 1 });
    expect(peers[0]).toMatchObject({ claims: { subject: "CN=handfast test\\, not secret" } });
  });

  it("asks admit, and is shared by all who connect to that certificate", async () => {
    let asked = 0;
    const admit = ({ id }: Peer) => ++asked > 0 && id === idOf(SECOND);
    const { server, client, connection } = await joined(WAYS["TLS"]!, { admit });
    const { id } = await connection.ready;
    await client.connect(id!).bootstrap(Counter).add({ amount: 1 });
    expect([asked, server.peers.length]).toEqual([1, 1]);
  });

  it("needs a certificate, and a good one", async () => {
    const without = await openVat({ admit: "anyone" });
    const where = "tls://127.0.0.1:0";
    await expect(without.listen(where)).rejects.toMatchObject({ code: "CERTIFICATE_MISSING" });
    const address = `capnp+tls://${idOf(FIRST)}@127.0.0.1:1`;
    expect(() => without.connect(address)).toThrow(
      expect.objectContaining({ code: "CERTIFICATE_MISSING" }),
    );
    const bad = await openVat({ admit: "anyone", certificate: { key: "no", cert: "no" } });
    await expect(bad.listen(where)).rejects.toMatchObject({ code: "CERTIFICATE_INVALID" });
  });

  it.each(["capnp+tls://ed25519:x@h:1", "capnp+tls://mtls-sha256:00@h:1", "capnp+tls://x"])(
    "is not dialled with %s",
    async (address) => {
      const vat = await openVat({ certificate: FIRST });
      expect(() => vat.connect(address)).toThrow(
        expect.objectContaining({ code: "ADDRESS_INVALID" }),
      );
    },
  );
});

it("is shown under the host that it is told to, if that is one", async () => {
  const vat = await openVat({ admit: "anyone" });
  const listening = await vat.listen("tcp://127.0.0.1:0", { advertise: "2001:DB8::1" });
  expect(listening.address).toMatch(/@\[2001:db8::1\]:\d+$/);
  await expect(vat.listen("tcp://127.0.0.1:0", { advertise: "a:1" })).rejects.toMatchObject({
    code: "ADDRESS_INVALID",
  });
});
