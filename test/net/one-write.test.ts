import { type Duplex } from "node:stream";
import { beforeAll, describe, expect, it } from "vitest";
import { memoryPair } from "../../src/net/memory-pair.ts";
import { ready } from "../../src/shs/index.ts";
import { roadsInMemory } from "./support/in-memory.ts";

beforeAll(ready);

const SUITES = ["aead64k", "compact", "box-stream"] as const;
const M1_BYTES = 64;
const M3_BYTES = 112;

/** The sizes of what this wire is told to write at once, as a socket would tell the system. */
function writesOf(wire: Duplex): number[] {
  const sizes: number[] = [];
  const write = wire._write.bind(wire);
  wire._write = (chunk: Uint8Array, encoding, taken) => {
    sizes.push(chunk.length);
    write(chunk, encoding, taken);
  };
  wire._writev = (chunks, taken) => {
    const whole = Buffer.concat(chunks.map(({ chunk }) => chunk as Uint8Array));
    sizes.push(whole.length);
    write(whole, "binary", taken);
  };
  return sizes;
}

describe.each(SUITES)("one write of %s holds", (suite) => {
  it("M3 and the early data behind it", async () => {
    const [near, far] = memoryPair();
    const writes = writesOf(near);
    const committed = () => [Buffer.from("the first call")];
    const { server } = await roadsInMemory(suite, {}, { committed }, [near, far]);
    expect((await server.until(14)).toString()).toBe("the first call");
    expect(writes).toEqual([M1_BYTES, expect.any(Number)]);
    expect(writes[1]).toBeGreaterThan(M3_BYTES + 14);
  });

  it.each([
    ["all that one turn writes", 10, 3000],
    ["as many records as it takes", 1, 200_000],
  ])("%s", async (_, times, bytes) => {
    const { client, server, near, far } = await roadsInMemory(suite);
    for (const { from, to, wire } of [
      { from: client, to: server, wire: near },
      { from: server, to: client, wire: far },
    ]) {
      const writes = writesOf(wire);
      for (let count = 0; count < times; count += 1) from.send(Buffer.alloc(bytes));
      await to.until(times * bytes);
      expect(writes).toEqual([expect.any(Number)]);
    }
  });
});
