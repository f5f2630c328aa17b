import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AnonymousPeer } from "../../src/base/index.ts";
import {
  dialInsecure,
  dialInsecureUnix,
  dialTls,
  listenInsecure,
  listenInsecureUnix,
  listenTls,
  memoryRoads,
  type NetLimits,
  type SecureSocket,
} from "../../src/net/index.ts";
import { ready, type Suite } from "../../src/shs/index.ts";
import { FIRST, idOf, SECOND } from "./support/certificates.ts";
import { dialIdle, TestServer } from "./support/listening.ts";
import { DEAF, DrivenRoad, withResolvers } from "./support/road.ts";

beforeAll(ready);

type AnyRoad = SecureSocket | SecureSocket<AnonymousPeer>;

/** A writer with these limits, and a reader that has not begun to read. */
type Open = (limits: Partial<NetLimits>) => Promise<{ writer: AnyRoad; reader: AnyRoad }>;

const HOST = { host: "127.0.0.1", port: 0 };
const KIB = 1024;
const CHUNK = Buffer.alloc(16 * KIB, "x");
const HIGH_WATER = 64 * KIB;
const MAX_UNSENT = 512 * KIB;

/** More than the system's buffers hold. */
const TOTAL = 16 * 1024 * KIB;

/** What sealing adds to what is unsent, and a chunk that is beyond the mark. */
const SLACK = 4 * CHUNK.length;

const secret =
  (suite: Suite): Open =>
  async (limits) => {
    const server = await TestServer.open({ suites: [suite] });
    const writer = await dialIdle(server, { limits });
    return { writer, reader: await server.acceptIdle() };
  };

async function tls(limits: Partial<NetLimits>): ReturnType<Open> {
  const { promise: reader, resolve: accepted } = withResolvers<SecureSocket>();
  const door = await listenTls({
    address: HOST,
    certificate: FIRST,
    admit: () => true,
    accepted,
  });
  onTestFinished(() => door.close());
  const { address } = door;
  const writer = await dialTls({ address, certificate: SECOND, id: idOf(FIRST), limits });
  return { writer, reader: await reader };
}

async function plain(limits: Partial<NetLimits>): ReturnType<Open> {
  const { promise: reader, resolve: accepted } = withResolvers<AnyRoad>();
  const door = await listenInsecure({ address: HOST }, accepted);
  onTestFinished(() => door.close());
  return {
    writer: await dialInsecure({ address: door.address, limits }),
    reader: await reader,
  };
}

async function unix(limits: Partial<NetLimits>): ReturnType<Open> {
  const { promise: reader, resolve: accepted } = withResolvers<AnyRoad>();
  const folder = mkdtempSync(join(tmpdir(), "handfast-bounds-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "road.sock");
  const door = await listenInsecureUnix(path, {}, accepted);
  onTestFinished(() => door.close());
  return { writer: await dialInsecureUnix(path, { limits }), reader: await reader };
}

function memory(limits: Partial<NetLimits>): ReturnType<Open> {
  const [writer, reader] = memoryRoads({ limits });
  return Promise.resolve({ writer, reader });
}

const ROADS: readonly (readonly [string, Open])[] = [
  ["aead64k", secret("aead64k")],
  ["box-stream", secret("box-stream")],
  ["compact", secret("compact")],
  ["TLS", tls],
  ["plain TCP", plain],
  ["a Unix socket", unix],
  ["memory", memory],
];

async function open(road: Open, limits: Partial<NetLimits>) {
  const opened = await road(limits);
  onTestFinished(() => {
    opened.writer.destroy();
    opened.reader.destroy();
  });
  return opened;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each(ROADS)("over %s", (_, road) => {
  it("a writer that waits has little more unsent than the high-water mark", async () => {
    const { writer, reader } = await open(road, { highWaterBytes: HIGH_WATER });
    let left = TOTAL;
    let most = 0;
    const { promise: stuck, resolve: waits } = withResolvers<undefined>();
    const pour = () => {
      for (let goesOn = true; goesOn && left > 0; left -= CHUNK.length) {
        goesOn = writer.write(CHUNK);
        most = Math.max(most, writer.bufferedBytes);
        if (!goesOn) waits(undefined);
      }
      if (left === 0) writer.end();
    };
    writer.start({ ...DEAF, drain: pour });
    pour();
    await stuck; // only now does anybody read
    const far = new DrivenRoad(reader);
    await far.ended;
    expect(far.received).toHaveLength(TOTAL);
    expect(most).toBeGreaterThanOrEqual(HIGH_WATER);
    expect(most).toBeLessThan(HIGH_WATER + SLACK);
  });

  it("what one write leaves waiting goes out by itself, however low the mark", async () => {
    const { writer, reader } = await open(road, { highWaterBytes: 4 * KIB }); // below any wire's
    const { promise: drained, resolve: drain } = withResolvers<undefined>();
    writer.start({ ...DEAF, drain: () => drain(undefined) });
    writer.write(Buffer.alloc(TOTAL));
    await turn();
    const far = new DrivenRoad(reader);
    await far.until(TOTAL);
    await drained;
    writer.end();
    await far.ended;
    expect(far.received).toHaveLength(TOTAL);
  });

  it("a writer that does not wait is cut off at its limit, and nothing is kept", async () => {
    const limits = { highWaterBytes: HIGH_WATER, maxUnsentBytes: MAX_UNSENT };
    const { writer } = await open(road, limits);
    const { promise: closed, resolve: close } = withResolvers<Error | undefined>();
    let most = 0;
    writer.start({ ...DEAF, closed: close });
    while (!writer.peer.signal.aborted) {
      writer.write(CHUNK);
      most = Math.max(most, writer.bufferedBytes);
      await turn();
    }
    expect(await closed).toMatchObject({ code: "OVERFLOW", blame: "caller" });
    expect(most).toBeGreaterThan(MAX_UNSENT - SLACK);
    expect(most).toBeLessThan(MAX_UNSENT + SLACK);
  });
});
