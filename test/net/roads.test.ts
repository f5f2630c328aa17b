import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AnonymousPeer } from "../../src/base/index.ts";
import {
  dialInsecure,
  listenInsecure,
  memoryRoads,
  type SecureSocket,
} from "../../src/net/index.ts";
import { ready } from "../../src/shs/index.ts";
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
    expect(server.peer.channelBinding).toBeUndefined();
    await talk(new DrivenRoad(client), new DrivenRoad(server));
  });
});
