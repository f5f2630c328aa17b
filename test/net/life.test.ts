import { type Duplex } from "node:stream";
import { beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/net/limits.ts";
import { ready } from "../../src/shs/index.ts";
import { roadsInMemory, settle } from "./support/in-memory.ts";
import { type VirtualClock } from "./support/virtual-clock.ts";

beforeAll(ready);

/** compact's sign of life: a length of two bytes, and a tag. */
const EMPTY_FRAME_BYTES = 2 + 16;

const quietLife = async (clock: VirtualClock, ms: number) => {
  for (let passed = 0; passed < ms; passed += 10_000) {
    clock.advance(10_000);
    await settle();
  }
};

/** From here on nothing the wire holds reaches its reader. */
function deafen(wire: Duplex): void {
  wire.removeAllListeners("data");
  wire.resume();
}

describe("a quiet road", () => {
  it.each(["aead64k", "compact", "box-stream"] as const)("stays open in %s", async (suite) => {
    const { clock, client, server } = await roadsInMemory(suite);
    await quietLife(clock, 3_600_000);
    client.send("still here");
    expect((await server.until(10)).toString()).toBe("still here");
    expect(server.received).toHaveLength(10); // no ping ever surfaced
  });

  it("costs a ping each way now and then, and nothing in box-stream", async () => {
    const { clock, client } = await roadsInMemory("aead64k");
    await quietLife(clock, 600_000);
    const { wireSentBytes } = client.socket.counters;
    expect(wireSentBytes).toBeGreaterThan(0);
    expect(wireSentBytes).toBeLessThan(21 * 2 * 45);
    const compact = await roadsInMemory("compact");
    await quietLife(compact.clock, 600_000);
    const { wireSentBytes: shown, wireReceivedBytes: seen } = compact.client.socket.counters;
    const times = 600_000 / DEFAULT_LIMITS.keepaliveMs;
    expect([shown, seen]).toEqual([times * EMPTY_FRAME_BYTES, times * EMPTY_FRAME_BYTES]);
    const other = await roadsInMemory("box-stream");
    await quietLife(other.clock, 600_000);
    expect(other.client.socket.counters.wireSentBytes).toBe(0);
  });

  it("whose peer shows no life is given up", async () => {
    const { clock, client, server, far } = await roadsInMemory("aead64k");
    far.write = () => true; // nothing it says arrives
    server.socket.pause();
    await quietLife(clock, 200_000);
    expect(await client.closed).toMatchObject({ code: "IDLE_TIMEOUT" });
  });

  it("that we do not read is not the peer's fault", async () => {
    const { clock, client, server } = await roadsInMemory("aead64k");
    client.socket.pause();
    await quietLife(clock, 600_000);
    client.socket.resume();
    server.send("hello");
    expect((await client.until(5)).toString()).toBe("hello");
  });
});

describe("a road that stands still", () => {
  it.each(["aead64k", "compact", "box-stream"] as const)(
    "in the middle of a record is given up in %s",
    async (suite) => {
      const { clock, server, near } = await roadsInMemory(suite, { keepaliveMs: Infinity });
      near.write(Uint8Array.of(0, 0)); // the beginning of any record
      await settle();
      clock.advance(DEFAULT_LIMITS.recordMs - 1);
      expect(server.socket.peer.signal.aborted).toBe(false);
      clock.advance(1);
      expect(await server.closed).toMatchObject({ code: "STALLED", blame: "peer" });
    },
  );

  it("is given up however slowly the rest of a record drips", async () => {
    const { clock, server, near } = await roadsInMemory("aead64k", { keepaliveMs: Infinity });
    near.write(Uint8Array.of(0, 0, 255, 0)); // a record of 65280 bytes
    for (let seconds = 0; seconds < 30; seconds += 10) {
      await settle();
      expect(server.socket.peer.signal.aborted).toBe(false);
      clock.advance(10_000);
      near.write(Uint8Array.of(1));
    }
    expect(await server.closed).toMatchObject({ code: "STALLED" });
  });

  it("because the peer takes nothing is given up", async () => {
    const { clock, client, server, near } = await roadsInMemory("aead64k");
    server.socket.pause();
    client.send(Buffer.alloc(3_000_000));
    await settle();
    expect(client.socket.bufferedBytes).toBeGreaterThan(0);
    expect(near.writableLength).toBeLessThan(3 * DEFAULT_LIMITS.highWaterBytes); // sealed ahead
    clock.advance(DEFAULT_LIMITS.writeMs);
    expect(await client.closed).toMatchObject({ code: "WRITE_TIMEOUT", blame: "peer" });
  });

  it("is cut when its writer goes on regardless", async () => {
    const { client, server } = await roadsInMemory("aead64k", { maxUnsentBytes: 1_000_000 });
    server.socket.pause();
    for (let sent = 0; sent < 2_000_000; sent += 100_000) client.send(Buffer.alloc(100_000));
    expect(await client.closed).toMatchObject({ code: "OVERFLOW", blame: "caller" });
  });
});

describe("a road that ends", () => {
  it("says why, where the suite can", async () => {
    const { client, server } = await roadsInMemory("aead64k");
    client.socket.end({ code: 7, text: "moving house" });
    await server.ended;
    expect(server.socket.closeReason).toEqual({ code: 7, text: "moving house" });
    server.socket.end();
    expect(await client.closed).toBeUndefined();
    expect(await server.closed).toBeUndefined();
  });

  it("says goodbye behind all that was written", async () => {
    const { client, server } = await roadsInMemory("aead64k");
    client.send(Buffer.alloc(5_000_000));
    client.socket.end();
    expect(await server.ended).toBe("goodbye");
    expect(server.received).toHaveLength(5_000_000);
  });

  it("leaves no timer behind", async () => {
    const { clock, client, server } = await roadsInMemory("aead64k");
    client.send("x");
    await server.until(1);
    client.socket.end();
    await server.ended;
    server.socket.end();
    await Promise.all([client.closed, server.closed]);
    expect(clock.pending).toBe(0);
  });

  it("is not kept by a peer that said goodbye and left its wire open", async () => {
    const { clock, client, server, far } = await roadsInMemory("aead64k");
    server.socket.end();
    await client.ended;
    deafen(far);
    client.socket.end();
    await settle();
    clock.advance(DEFAULT_LIMITS.lingerMs);
    expect(await client.closed).toBeUndefined();
  });
});
