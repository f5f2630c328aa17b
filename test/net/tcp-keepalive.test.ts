import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { dialTls, listenTls, type SecureSocket } from "../../src/net/index.ts";
import { DEFAULT_LIMITS } from "../../src/net/limits.ts";
import { ready } from "../../src/shs/index.ts";
import { FIRST, idOf, SECOND } from "./support/certificates.ts";
import { dialIdle, TestServer } from "./support/listening.ts";
import { withResolvers } from "./support/road.ts";

beforeAll(ready);

/** proc(5), `/proc/net/tcp`: which timer runs for a socket, and for how many ticks more. */
const RETRANSMISSION = "01";
const KEEPALIVE = "02";
const TICK_MS = 10;

/** The running timer of every open connection that has this port at either end. */
function timersAt(port: number): { readonly is: string; readonly leftMs: number }[] {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, remote, state]) => `${local} ${remote}`.includes(hex) && state === "01")
    .map(([, , , , , timer = ""]) => {
      const [is = "", ticks = ""] = timer.split(":");
      return { is, leftMs: Number.parseInt(ticks, 16) * TICK_MS };
    });
}

/** Expects that the system looks after both ends of the road at this port. */
async function expectKeptAlive(port: number): Promise<void> {
  let timers = timersAt(port);
  while (timers.some(({ is }) => is === RETRANSMISSION)) {
    await new Promise((resolve) => setImmediate(resolve)); // the last bytes are not yet confirmed
    timers = timersAt(port);
  }
  expect(timers.map(({ is }) => is)).toEqual([KEEPALIVE, KEEPALIVE]);
  for (const { leftMs } of timers) {
    expect(leftMs).toBeLessThanOrEqual(DEFAULT_LIMITS.keepaliveMs);
    expect(leftMs).toBeGreaterThan(DEFAULT_LIMITS.keepaliveMs / 2);
  }
}

describe.runIf(process.platform === "linux")("TCP's own keepalive watches over both ends", () => {
  it.each(["aead64k", "compact", "box-stream"] as const)("of a road in %s", async (suite) => {
    const server = await TestServer.open({ suites: [suite] });
    await dialIdle(server);
    await server.acceptIdle();
    await expectKeptAlive(server.port);
  });

  it("of a road of TLS", async () => {
    const { promise, resolve: accepted } = withResolvers<SecureSocket>();
    const address = { host: "127.0.0.1", port: 0 };
    const door = await listenTls({ address, certificate: FIRST, admit: () => true, accepted });
    onTestFinished(() => door.close());
    const road = await dialTls({
      address: door.address,
      certificate: SECOND,
      id: idOf(FIRST),
    });
    await promise;
    await expectKeptAlive(door.address.port);
    road.destroy();
  });
});
