import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { dialPlain, type PlainRoad } from "../../src/net/index.ts";

/** A plain road to a peer who reads nothing yet. */
async function roadToIdlePeer(): Promise<{ readonly road: PlainRoad; readonly peer: Socket }> {
  const server = createServer({ pauseOnConnect: true });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, "connection");
  const road = await dialPlain({ address: { host: "127.0.0.1", port } });
  const [peer] = (await accepted) as [Socket];
  onTestFinished(() => {
    road.destroy();
    peer.destroy();
    server.close();
  });
  return { road, peer };
}

/** Settles when the road is gone. */
const gone = (road: PlainRoad) =>
  new Promise<Error | undefined>((closed) => {
    road.start({ data: () => {}, ended: () => {}, drain: () => {}, closed });
  });

describe("a cut road without records", () => {
  it("is reset, so that its peer does not take it for an end", async () => {
    const { road, peer } = await roadToIdlePeer();
    const closed = gone(road);
    road.destroy();
    expect(await closed).toMatchObject({ code: "ABORTED" });
    peer.resume();
    const [error] = (await once(peer, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNRESET");
  });

  it("is gone at once though its own end is still on the way", async () => {
    const { road } = await roadToIdlePeer();
    const closed = gone(road);
    road.end();
    road.destroy();
    expect(await closed).toMatchObject({ code: "ABORTED" });
  });
});
