import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect } from "vitest";
import { type ListenOptions } from "../../../src/net/index.ts";
import { dialServer, TestServer } from "../../net/support/listening.ts";

const MAX_GROWTH_BYTES = 5 * 1024 * 1024;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Open handles of sockets, servers and timers. */
function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP|Pipe|Timeout/.test(name)).length;
}

/** What is in use once the rest is collected. */
export function heapBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The tests that have looked at what their attack left behind. */
const checked = new Set<string | undefined>();

/** Of the list in README.md, every test has to. */
afterEach(({ task }) => {
  if (!/^\d/.test(task.name) || task.result?.state === "fail") return;
  const { currentTestName } = expect.getState();
  expect(checked, "no look at what the attack left behind").toContain(currentTestName);
});

/** An honest client is let in, heard and answered. */
export async function servesAnHonestClient(server: TestServer): Promise<void> {
  server.clear();
  const client = await dialServer(server);
  const road = await server.accept();
  client.send("are you well?");
  await road.until(13);
  road.send("quite well");
  await client.until(10);
  client.socket.end();
  await road.ended;
  road.socket.end();
  expect(await road.closed).toBeUndefined();
  expect(await client.closed).toBeUndefined();
}

/**
 * Runs an attack on a new server and expects that it changes nothing: the next honest client is
 * served, no handle is left open, the heap is where it was, and no rejection went unhandled.
 */
export async function unharmedBy(
  attack: (server: TestServer) => Promise<void>,
  options: Partial<ListenOptions> = {},
): Promise<void> {
  const rejections: unknown[] = [];
  const note = (reason: unknown) => rejections.push(reason);
  process.on("unhandledRejection", note);
  try {
    const server = await TestServer.open({ suites: ["aead64k"], ...options });
    await servesAnHonestClient(server); // warms everything up
    await turns();
    const before = { handles: handles(), heapBytes: heapBytes() };
    await attack(server);
    await servesAnHonestClient(server);
    server.clear();
    await settled(() => handles() <= before.handles);
    await settled(() => heapBytes() - before.heapBytes < MAX_GROWTH_BYTES, 20);
    expect(handles()).toBeLessThanOrEqual(before.handles);
    expect(server.door.counts).toMatchObject({ shaking: 0, roads: 0 });
    expect(heapBytes() - before.heapBytes).toBeLessThan(MAX_GROWTH_BYTES);
    expect(rejections).toEqual([]);
    checked.add(expect.getState().currentTestName);
  } finally {
    process.off("unhandledRejection", note);
  }
}

/** The same for an attack that needs no server of its own to be made. */
export function unharmed(attack: () => void | Promise<void>): Promise<void> {
  return unharmedBy(async () => {
    await attack();
  });
}

/** Waits, a turn at a time and not for ever, until it is so. */
async function settled(condition: () => boolean, rounds = 500): Promise<void> {
  for (let round = 0; round < rounds && !condition(); round += 1) await turns();
}
