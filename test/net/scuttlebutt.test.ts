import { type AddressInfo, connect, createServer } from "node:net";
import { createHash } from "node:crypto";
import secretHandshake from "secret-handshake";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { peerIdOfKey } from "../../src/base/index.ts";
import { dial, parsePeerAddress } from "../../src/net/index.ts";
import { generateSeed, KeyPair, networkIdentifier, ready } from "../../src/shs/index.ts";
import { NETWORK, TestServer } from "./support/listening.ts";
import { drain, plug, type PullDuplex, sourceOfChunks } from "./support/pull.ts";
import { DrivenRoad, withResolvers } from "./support/road.ts";

/** The unmodified npm packages secret-handshake and pull-box-stream, over real TCP. */

const TIMEOUT_MS = 5000;
const SIZES = [0, 1, 4095, 4096, 4097, 65_536, 1_000_000, 10_000_000];

beforeAll(ready);

const patterned = (length: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 255));
const digest = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

/** Cut at sizes that fit no record. */
function chunksOf(data: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += 50_001) chunks.push(data.subarray(at, at + 50_001));
  return chunks;
}

/** What the stranger heard: everything up to its peer's goodbye. */
function listenTo(stream: PullDuplex): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    drain(
      stream.source,
      (data, next) => {
        chunks.push(data);
        next();
      },
      (error) => {
        if (error === undefined) resolve(Buffer.concat(chunks));
        else reject(error);
      },
    );
  });
}

function strangerDials(server: TestServer) {
  const keys = secretHandshake.toKeys(Buffer.from(generateSeed()));
  const { promise, resolve } = withResolvers<PullDuplex & { readonly remote: Buffer }>();
  const create = secretHandshake.createClient(keys, Buffer.from(NETWORK), TIMEOUT_MS);
  const socket = connect({ host: "127.0.0.1", port: server.port, allowHalfOpen: true });
  onTestFinished(() => {
    socket.destroy();
  });
  plug(
    socket,
    create(Buffer.from(server.keyPair.publicKey), (error, stream) => {
      if (error !== null) throw error;
      resolve(stream);
    }),
  );
  return { keys, stream: promise };
}

async function strangerListens() {
  const keys = secretHandshake.toKeys(Buffer.from(generateSeed()));
  const { promise, resolve } = withResolvers<PullDuplex & { readonly remote: Buffer }>();
  const create = secretHandshake.createServer(
    keys,
    (_key, cb) => {
      cb(null, true);
    },
    Buffer.from(NETWORK),
    TIMEOUT_MS,
  );
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    plug(
      socket,
      create((error, stream) => {
        if (error === null) resolve(stream);
      }),
    );
    onTestFinished(() => {
      socket.destroy();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const address = parsePeerAddress(
    `net:127.0.0.1:${port}~shs:${keys.publicKey.toString("base64")}`,
  );
  return { keys, address, stream: promise };
}

/** Sends both ways at once, a goodbye each way, and expects every byte. */
async function exchange(road: DrivenRoad, stream: PullDuplex, size: number): Promise<void> {
  const [ours, theirs] = [patterned(size), patterned(size).reverse()];
  const heard = listenTo(stream);
  stream.sink(sourceOfChunks(chunksOf(theirs)));
  for (const chunk of chunksOf(ours)) road.send(chunk);
  road.socket.end();
  expect(digest(await heard)).toBe(digest(ours));
  expect(await road.ended).toBe("goodbye");
  expect(digest(road.received)).toBe(digest(theirs));
  expect(await road.closed).toBeUndefined();
}

describe("a Scuttlebutt peer", () => {
  it.each(SIZES)("dials us and both send %i bytes and a goodbye", async (size) => {
    const server = await TestServer.open();
    const { keys, stream } = strangerDials(server);
    const road = await server.accept();
    expect(road.socket.peer.id).toBe(peerIdOfKey(keys.publicKey));
    const strangers = await stream;
    expect(strangers.remote.equals(server.keyPair.publicKey)).toBe(true);
    await exchange(road, strangers, size);
  });

  it.each(SIZES)("is dialled and both send %i bytes and a goodbye", async (size) => {
    const { address, stream } = await strangerListens();
    const keyPair = KeyPair.fromSeed(generateSeed());
    const road = new DrivenRoad(await dial({ address, keyPair, network: NETWORK }));
    expect(road.socket.peer.id).toBe(address.id);
    const strangers = await stream;
    expect(strangers.remote.equals(keyPair.publicKey)).toBe(true);
    await exchange(road, strangers, size);
  });

  it("of another network hangs up on our first message", async () => {
    const { address } = await strangerListens();
    const keyPair = KeyPair.fromSeed(generateSeed());
    const network = networkIdentifier("other");
    await expect(dial({ address, keyPair, network })).rejects.toThrow(
      expect.objectContaining({ code: "HANDSHAKE_CUT" }),
    );
  });

  it("with another key hangs up after our proof", async () => {
    const { address } = await strangerListens();
    const keyPair = KeyPair.fromSeed(generateSeed());
    const other = { ...address, id: KeyPair.fromSeed(generateSeed()).id };
    await expect(dial({ address: other, keyPair, network: NETWORK })).rejects.toThrow(
      expect.objectContaining({ code: "NOT_ADMITTED" }),
    );
  });
});
