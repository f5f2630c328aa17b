import { once } from "node:events";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type Socket } from "node:net";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ready } from "../../src/shs/index.ts";
import { dialServer } from "../net/support/listening.ts";
import { withResolvers } from "../net/support/road.ts";
import { intruder, machineFor, RawClient, upToM3 } from "./support/attacker.ts";
import { dies, QUICK } from "./support/refused.ts";
import { unharmedBy } from "./support/unharmed.ts";

beforeAll(ready);

/** And a short deadline, which an honest client still keeps on a busy machine. */
const IMPATIENT = { limits: { admitMs: 10, silentMs: 1000, handshakeMs: 1000 } };

/** More than the system's buffers hold. */
const MEGABYTES_BEFORE_M4 = 64 << 20;
const M1_AND_M3_BYTES = 64 + 112;
/** What we hold, 64 KiB, what the socket reads ahead for us, and the read that goes beyond it. */
const READ_AHEAD_BYTES = 3 * 64 * 1024;

/** The sockets that servers of this process accept from here on, as they come. */
function acceptedSockets(): readonly Socket[] {
  const sockets: Socket[] = [];
  const note = (message: unknown) => sockets.push((message as { socket: Socket }).socket);
  subscribe("net.server.socket", note);
  onTestFinished(() => {
    unsubscribe("net.server.socket", note);
  });
  return sockets;
}

/** Waits until this has not changed for a good many turns. */
async function untilStill(measure: () => number): Promise<void> {
  let last = measure();
  for (let turns = 0; turns < 200; turns += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (measure() !== last) turns = 0;
    last = measure();
  }
}

describe("the door stays open to others behind a client that", () => {
  it("1 sends one byte at a time and never enough: the deadline is for all of it", () =>
    dies(
      async (server) => {
        const raw = await RawClient.to(server);
        const drip = setInterval(() => raw.socket.write(Uint8Array.of(1)), 20);
        void raw.hungUp.then(() => {
          clearInterval(drip);
        });
        return raw;
      },
      "HANDSHAKE_TIMEOUT",
      IMPATIENT,
    ));

  it("2 connects and says nothing", () =>
    dies((server) => RawClient.to(server), "HANDSHAKE_TIMEOUT", IMPATIENT));

  it.each([
    ["one address", () => "127.0.0.9"],
    ["many addresses", (index: number) => `127.0.1.${index + 1}`],
  ])("3 floods the door with half-open connections from %s", (_, from) =>
    unharmedBy(
      async (server) => {
        const dials = Array.from({ length: 200 }, (_, index) => RawClient.to(server, from(index)));
        const flood = await Promise.all(dials);
        expect(server.door.counts.shaking).toBeLessThanOrEqual(64);
        const client = await dialServer(server); // served in the middle of it
        client.socket.destroy();
        await client.closed;
        for (const { socket } of flood) socket.destroy();
        await Promise.all(flood.map(({ hungUp }) => hungUp));
        server.clear();
      },
      { limits: { maxSilent: 64, maxHandshakesPerAddress: 20 } },
    ),
  );

  it("3 floods the door with handshakes that stop after M1", () =>
    unharmedBy(
      async (server) => {
        const dials = Array.from({ length: 60 }, async (_, index) => {
          const raw = await RawClient.to(server, `127.0.1.${index + 1}`);
          raw.say(machineFor(server).m1);
          return raw;
        });
        const flood = await Promise.all(dials);
        let client = await dialServer(server).catch(() => undefined);
        while (client === undefined) client = await dialServer(server).catch(() => undefined);
        expect(server.door.counts.shaking).toBeLessThanOrEqual(16);
        client.socket.destroy();
        await client.closed;
        for (const { socket } of flood) socket.destroy();
        await Promise.all(flood.map(({ hungUp }) => hungUp));
        server.clear();
      },
      { limits: { maxHandshakes: 16, handshakeMs: 60_000 } },
    ));

  it("4 hangs up after M1", () =>
    dies(async (server) => {
      const raw = await RawClient.to(server);
      raw.say(machineFor(server).m1);
      await raw.hear(64);
      raw.socket.end();
      return raw;
    }, /HANDSHAKE_CUT|RESET/));

  it("22 meets an admit that throws, hangs, or answers after the client has left", async () => {
    for (const admit of [
      () => {
        throw new Error("a bug");
      },
      () => new Promise<boolean>(() => {}),
      () => Promise.reject(new Error("a bug")),
    ]) {
      let broken = false;
      await unharmedBy(
        async (server) => {
          broken = true;
          const raw = await RawClient.to(server);
          raw.say(await upToM3(raw, machineFor(server)));
          expect(await raw.hungUp).toHaveLength(64);
          broken = false;
        },
        { ...QUICK, admit: () => (broken ? admit() : true) },
      );
    }
    const { promise: late, resolve } = withResolvers<boolean>();
    const { promise: asked, resolve: ask } = withResolvers<undefined>();
    let slow = false;
    await unharmedBy(
      async (server) => {
        slow = true;
        const raw = await RawClient.to(server);
        raw.say(await upToM3(raw, machineFor(server)));
        await asked;
        raw.socket.resetAndDestroy();
        await server.refusal();
        resolve(true);
        await late;
        slow = false;
      },
      {
        admit: () => {
          ask(undefined);
          return slow ? late : true;
        },
      },
    );
  });

  it("23 sends megabytes before M4: reading pauses and memory stays bounded", () => {
    const { promise: verdict, resolve: decide } = withResolvers<boolean>();
    const { promise: asked, resolve: ask } = withResolvers<undefined>();
    let slow = false;
    return unharmedBy(
      async (server) => {
        slow = true;
        const sockets = acceptedSockets();
        const raw = await RawClient.to(server);
        raw.say(await upToM3(raw, machineFor(server)));
        await asked;
        raw.socket.write(Buffer.alloc(MEGABYTES_BEFORE_M4));
        await untilStill(() => raw.socket.writableLength);
        const [socket] = sockets;
        expect(socket!.bytesRead).toBeGreaterThan(M1_AND_M3_BYTES); // a part came, and waits
        expect(socket!.bytesRead).toBeLessThan(M1_AND_M3_BYTES + READ_AHEAD_BYTES);
        slow = false;
        decide(true);
        const road = await server.accept();
        expect(await road.closed).toMatchObject({ code: "RECORD_LENGTH" });
        raw.socket.destroy();
      },
      {
        limits: { admitMs: 60_000, handshakeMs: 60_000 },
        admit: () => {
          if (!slow) return true;
          ask(undefined);
          return verdict;
        },
      },
    );
  });

  it("resets the connection while we accept it: the listener goes on", () =>
    unharmedBy(async (server) => {
      for (let count = 0; count < 50; count += 1) {
        const raw = await RawClient.to(server);
        raw.say(machineFor(server).m1);
        raw.socket.resetAndDestroy();
        await once(raw.socket, "close");
      }
      const { raw } = await intruder(server);
      raw.socket.resetAndDestroy();
      server.clear();
    }));
});
