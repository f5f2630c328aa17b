import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AnonymousPeer, peerIdOfCertificate } from "../../src/base/index.ts";
import {
  dialInsecure,
  dialTls,
  listenInsecure,
  listenTls,
  memoryRoads,
  type SecureSocket,
  type TlsListenOptions,
} from "../../src/net/index.ts";
import { ready } from "../../src/shs/index.ts";
import { FIRST, SECOND } from "./support/certificates.ts";
import { DrivenRoad, withResolvers } from "./support/road.ts";

beforeAll(ready);

const LOOPBACK = { host: "127.0.0.1", port: 0 };

/** Both ways, and an end each way. */
async function talk(client: DrivenRoad, server: DrivenRoad): Promise<void> {
  client.send("there");
  expect((await server.until(5)).toString()).toBe("there");
  server.send(Buffer.alloc(300_000, "back"));
  expect(await client.until(300_000)).toHaveLength(300_000);
  client.socket.end();
  expect(await server.ended).toBe("unknown"); // no goodbye: honest about what it cannot know
  server.socket.end();
  expect(await client.closed).toBeUndefined();
  expect(await server.closed).toBeUndefined();
}

describe("a road in memory", () => {
  it("carries bytes, and its peers are nobody", async () => {
    const [near, far] = memoryRoads();
    expect(near.peer).toMatchObject({ id: undefined, transport: "memory" });
    await talk(new DrivenRoad(near), new DrivenRoad(far));
  });
});

describe("a road without protection", () => {
  it("leads to this machine, and its peers are nobody", async () => {
    const { promise: accepted, resolve: accepts } = withResolvers<SecureSocket<AnonymousPeer>>();
    const door = await listenInsecure({ address: LOOPBACK }, accepts);
    onTestFinished(() => door.close());
    const client = await dialInsecure({ address: door.address });
    const server = await accepted;
    expect(server.peer).toMatchObject({ id: undefined, transport: "tcp" });
    expect(server.channelBinding).toBeUndefined();
    await talk(new DrivenRoad(client), new DrivenRoad(server));
  });
});

function withId(pair: { readonly key: string; readonly cert: string }) {
  const fingerprint = new X509Certificate(pair.cert).fingerprint256.replaceAll(":", "");
  return { ...pair, id: peerIdOfCertificate(Buffer.from(fingerprint, "hex")) };
}

describe("a road of TLS with certificates on both sides", () => {
  const [ours, theirs] = [withId(FIRST), withId(SECOND)];
  const open = async (options: Partial<TlsListenOptions> = {}) => {
    const { promise: accepted, resolve: accepts } = withResolvers<SecureSocket>();
    const { promise: refused, resolve: refuses } = withResolvers<unknown>();
    const door = await listenTls({
      address: LOOPBACK,
      ...ours,
      admit: () => true,
      accepted: accepts,
      refused: ({ error }) => {
        refuses(error);
      },
      ...options,
    });
    onTestFinished(() => door.close());
    return { address: door.address, accepted, refused };
  };

  it("knows both peers by their fingerprints", async () => {
    const { address, accepted } = await open();
    const client = await dialTls({ address, ...theirs, id: ours.id });
    const server = await accepted;
    expect(server.peer).toMatchObject({ id: theirs.id, transport: "mtls" });
    expect(client.peer.id).toBe(ours.id);
    expect(client.channelBinding).toEqual(server.channelBinding);
    expect(client.suite).toBeUndefined();
    await talk(new DrivenRoad(client), new DrivenRoad(server));
  });

  it("does not lead to another certificate", async () => {
    const { address } = await open();
    await expect(dialTls({ address, ...theirs, id: theirs.id })).rejects.toThrow(
      expect.objectContaining({ code: "NOT_ADMITTED" }),
    );
  });

  it.each([
    ["false", () => false],
    ["a rejection", () => Promise.reject(new Error("a bug"))],
    ["silence", () => new Promise<boolean>(() => {})],
  ])("is cut after %s of admit", async (_, admit) => {
    const { address, refused } = await open({ admit, limits: { admitMs: 20 } });
    const client = new DrivenRoad(await dialTls({ address, ...theirs, id: ours.id }));
    expect(await refused).toMatchObject({ code: "NOT_ADMITTED" });
    await client.ended;
    client.socket.destroy();
  });
});
