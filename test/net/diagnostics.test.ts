import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { beforeAll, expect, it, onTestFinished } from "vitest";
import {
  dialInsecure,
  dialInsecureUnix,
  dialTls,
  listenTls,
  type RoadClosed,
  type RoadFailed,
  type RoadOpened,
  type SecureSocket,
} from "../../src/net/index.ts";
import { networkIdentifier, ready } from "../../src/shs/index.ts";
import { FIRST, idOf, SECOND } from "./support/certificates.ts";
import { dialServer, TestServer } from "./support/listening.ts";
import { DrivenRoad, withResolvers } from "./support/road.ts";

beforeAll(ready);

interface Published {
  readonly "handfast:net:opened": RoadOpened;
  readonly "handfast:net:failed": RoadFailed;
  readonly "handfast:net:closed": RoadClosed;
}

/** What is published on a channel while the test runs. */
function published<Name extends keyof Published>(name: Name): readonly Published[Name][] {
  const events: Published[Name][] = [];
  const add = (event: unknown) => events.push(event as Published[Name]); // the channel's own type
  subscribe(name, add);
  onTestFinished(() => {
    unsubscribe(name, add);
  });
  return events;
}

it("tells of both ends of a road, from its opening to its end", async () => {
  const opened = published("handfast:net:opened");
  const closed = published("handfast:net:closed");
  const server = await TestServer.open({ suites: ["aead64k"] });
  const client = await dialServer(server);
  const remote = await server.accept();
  client.send("hello");
  await remote.until(5);
  client.socket.end();
  await remote.ended;
  remote.socket.end();
  await Promise.all([client.closed, remote.closed]);

  expect(opened.map(({ direction, suite }) => [direction, suite]).sort()).toEqual([
    ["accepted", "aead64k"],
    ["dialled", "aead64k"],
  ]);
  for (const { handshakeMs, peer } of opened) {
    expect(handshakeMs).toBeGreaterThan(0);
    expect(closed.map((event) => event.peer)).toContain(peer);
  }
  const dialled = closed.find(({ direction }) => direction === "dialled")!;
  expect(dialled.error).toBeUndefined();
  expect(dialled.counters).toMatchObject({ sentBytes: 5, receivedBytes: 0, flushes: 1 });
});

it("tells of both ends of a road of TLS", async () => {
  const opened = published("handfast:net:opened");
  const closed = published("handfast:net:closed");
  const { promise: accepted, resolve: accepts } = withResolvers<SecureSocket>();
  const door = await listenTls({
    address: { host: "127.0.0.1", port: 0 },
    certificate: FIRST,
    admit: () => true,
    accepted: accepts,
  });
  onTestFinished(() => door.close());
  const { address } = door;
  const near = new DrivenRoad(await dialTls({ address, certificate: SECOND, id: idOf(FIRST) }));
  const far = new DrivenRoad(await accepted);
  near.socket.end();
  far.socket.end();
  await Promise.all([near.closed, far.closed]);
  expect(closed.map(({ direction }) => direction).sort()).toEqual(["accepted", "dialled"]);
  for (const { direction, suite, handshakeMs, connectMs } of opened) {
    expect(suite).toBeUndefined();
    expect(handshakeMs).toBeGreaterThan(0);
    if (direction === "dialled") expect(connectMs).toBeGreaterThan(0);
  }
  expect(opened.map(({ direction }) => direction).sort()).toEqual(["accepted", "dialled"]);
});

it("tells of every dial that came to nothing, whatever the road", async () => {
  const failed = published("handfast:net:failed");
  const server = await TestServer.open();
  const address = { host: "127.0.0.1", port: server.port };
  await server.door.close(); // nobody listens there any more
  const dials = [
    () => dialTls({ address, certificate: SECOND, id: idOf(FIRST) }),
    () => dialInsecure({ address }),
    () => dialInsecureUnix("/nowhere/at.all", {}),
  ];
  for (const dial of dials) {
    await expect(dial()).rejects.toMatchObject({ code: "CONNECTION_REFUSED" });
  }
  const target = `127.0.0.1:${address.port}`;
  expect(failed.map((event) => event.address)).toEqual([target, target, "/nowhere/at.all"]);
  expect(failed.map(({ direction }) => direction)).toEqual(["dialled", "dialled", "dialled"]);
});

it("tells of a handshake that came to nothing, at both ends", async () => {
  const failed = published("handfast:net:failed");
  const server = await TestServer.open({ limits: { admitMs: 20 } });
  await expect(dialServer(server, { network: networkIdentifier("other") })).rejects.toThrow();
  await server.refusal();
  expect(
    failed.map(({ direction, error }) => [direction, (error as { code: string }).code]).sort(),
  ).toEqual([
    ["accepted", "WRONG_NETWORK"],
    ["dialled", "HANDSHAKE_CUT"],
  ]);
});

/** The names in the third column of the README's row for this channel. */
function documented(name: keyof Published): readonly string[] {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const row = readme.split("\n").find((line) => line.startsWith(`| \`${name}\``)) ?? "";
  return [...(row.split("|")[3] ?? "").matchAll(/`(\w+)`/g)].map(([, field]) => field!).sort();
}

it("holds what the README says, and nothing else", async () => {
  const events = {
    "handfast:net:opened": published("handfast:net:opened"),
    "handfast:net:failed": published("handfast:net:failed"),
    "handfast:net:closed": published("handfast:net:closed"),
  };
  const server = await TestServer.open({ limits: { admitMs: 20 } });
  const client = await dialServer(server);
  await server.accept();
  client.socket.destroy();
  await expect(dialServer(server, { network: networkIdentifier("other") })).rejects.toThrow();
  await client.closed;
  for (const [name, of] of Object.entries(events)) {
    const fields = documented(name as keyof Published); // of the literal above
    const whole = of.find(({ direction }) => direction === "dialled");
    expect(Object.keys(whole ?? {}).sort()).toEqual(fields);
  }
});

it("holds no secret", async () => {
  const opened = published("handfast:net:opened");
  const server = await TestServer.open();
  await dialServer(server);
  await server.accept();
  for (const { peer, ...event } of opened) {
    const names = [...Object.keys(event), ...Object.keys(peer)].sort();
    expect(new Set(names)).toEqual(
      new Set(
        ["address", "direction", "handshakeMs", "id", "suite", "transport"].concat(
          event.direction === "dialled" ? ["connectMs"] : [],
        ),
      ),
    );
  }
  expect(opened).toHaveLength(2);
});

it("answers a ping where the suite can, and says where it cannot", async () => {
  const server = await TestServer.open({ suites: ["aead64k", "box-stream"] });
  const [fast, old] = server.door.peerAddresses();
  const client = await dialServer(server, { address: fast! });
  const remote = await server.accept();
  await new Promise<void>((answered) => {
    expect(client.socket.ping(answered)).toBe(true);
  });
  expect(remote.received).toHaveLength(0);
  const other = await dialServer(server, { address: old! });
  expect(other.socket.ping(() => {})).toBe(false);
});
