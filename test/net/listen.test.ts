import { connect } from "node:net";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { dial, type NetErrorCode } from "../../src/net/index.ts";
import { generateSeed, KeyPair, networkIdentifier, ready } from "../../src/shs/index.ts";
import { dialServer, NETWORK, TestServer } from "./support/listening.ts";
import { withResolvers } from "./support/road.ts";

beforeAll(ready);

const failure = (code: NetErrorCode): unknown =>
  expect.objectContaining({ name: "NetError", code });
const loopback = (port: number) => ({ host: "127.0.0.1", port });

describe("a listener", () => {
  it("says what it really listens on, and how to dial it", async () => {
    const server = await TestServer.open();
    expect(server.port).toBeGreaterThan(0);
    expect(server.address).toEqual({
      id: server.keyPair.id,
      host: "127.0.0.1",
      port: server.port,
      suite: "box-stream",
    });
    expect(server.door.peerAddresses("public.example")[0]!.host).toBe("public.example");
  });

  it("says that a port is in use", async () => {
    const server = await TestServer.open();
    await expect(TestServer.open({ address: loopback(server.port) })).rejects.toThrow(
      failure("PORT_IN_USE"),
    );
  });

  it("says that an address is not of this machine", async () => {
    await expect(TestServer.open({ address: { host: "192.0.2.1", port: 0 } })).rejects.toThrow(
      failure("ADDRESS_UNAVAILABLE"),
    );
  });

  it("refuses two suites that M1 cannot tell apart", async () => {
    await expect(TestServer.open({ suites: ["box-stream", "compact"] })).rejects.toThrow(
      expect.objectContaining({ code: "NETWORK_INVALID" }),
    );
  });

  it("listens on a socket of this machine, and takes it away when it closes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "handfast-unix-"));
    const path = join(folder, "desk.sock");
    const server = await TestServer.open({ address: { host: "", port: 0, path } });
    expect(server.address).toMatchObject({ path });
    const client = await dialServer(server);
    const remote = await server.accept();
    expect(remote.socket.peer.address).toBe(path);
    client.send("hello");
    expect((await remote.until(5)).toString()).toBe("hello");
    await expect(TestServer.open({ address: { host: "", port: 0, path } })).rejects.toThrow(
      failure("PORT_IN_USE"),
    );
    await server.door.close();
    await expect(dialServer(server)).rejects.toThrow(failure("CONNECTION_REFUSED"));
    rmSync(folder, { recursive: true });
  });

  it("offers two suites at one port, and learns which from the first message", async () => {
    const server = await TestServer.open({ suites: ["aead64k", "box-stream"] });
    const addresses = server.door.peerAddresses();
    expect(addresses.map(({ suite }) => suite)).toEqual(["aead64k", "box-stream"]);
    for (const address of addresses) {
      const client = await dialServer(server, { address });
      const remote = await server.accept();
      expect(remote.socket.suite).toBe(address.suite);
      client.send("hello");
      expect((await remote.until(5)).toString()).toBe("hello");
    }
    const address = { ...server.address, suite: "compact" as const };
    const client = await dialServer(server, { address }); // runs under box-stream's K
    client.send("misunderstood".repeat(9));
    const remote = await server.accept();
    expect(await remote.closed).toMatchObject({ code: "RECORD_FORGED" });
  });

  it.each(["aead64k", "compact"] as const)("carries megabytes in %s", async (suite) => {
    const server = await TestServer.open({ suites: [suite] });
    const client = await dialServer(server);
    const remote = await server.accept();
    const data = Buffer.alloc(3_000_001, "handfast");
    client.send(data);
    remote.send(data);
    expect((await remote.until(data.length)).equals(data)).toBe(true);
    expect((await client.until(data.length)).equals(data)).toBe(true);
    client.socket.end();
    expect(await remote.ended).toBe(suite === "compact" ? "unknown" : "goodbye");
    remote.socket.end();
    expect(await client.closed).toBeUndefined();
    expect(await remote.closed).toBeUndefined();
  });

  it("asks admit with the proven peer, and only true admits", async () => {
    const asked: string[] = [];
    const server = await TestServer.open({
      admit: (peer) => {
        asked.push(peer.id);
        return "yes" as unknown as boolean; // a JavaScript caller's mistake must not open the door
      },
      limits: { admitMs: 20 },
    });
    const keyPair = KeyPair.fromSeed(generateSeed());
    await expect(dialServer(server, { keyPair })).rejects.toThrow(failure("NOT_ADMITTED"));
    expect(asked).toEqual([keyPair.id]);
    expect((await server.refusal()).peer?.id).toBe(keyPair.id);
  });

  it("waits for an admit that takes its time", async () => {
    const { promise, resolve } = withResolvers<boolean>();
    const server = await TestServer.open({ admit: () => promise });
    const dialling = dialServer(server);
    setImmediate(resolve, true);
    const client = await dialling;
    const remote = await server.accept();
    client.send("in");
    expect((await remote.until(2)).toString()).toBe("in");
  });

  it.each([
    ["false", () => false],
    ["a promise of false", () => Promise.resolve(false)],
    [
      "a throw",
      () => {
        throw new Error("no database");
      },
    ],
    ["a rejection", () => Promise.reject(new Error("no database"))],
    ["silence", () => new Promise<boolean>(() => {})],
  ])("takes %s of admit for a no", async (_, admit) => {
    const server = await TestServer.open({ admit, limits: { admitMs: 20 } });
    await expect(dialServer(server)).rejects.toThrow(failure("NOT_ADMITTED"));
    expect((await server.refusal()).error).toMatchObject({ code: "NOT_ADMITTED" });
  });

  it("lets the vat decide once more in the turn of M4", async () => {
    const seen: number[] = [];
    const server = await TestServer.open({
      confirm: (_peer, { startedAtMs }) => {
        seen.push(startedAtMs);
        return false;
      },
      limits: { admitMs: 20 },
    });
    await expect(dialServer(server)).rejects.toThrow(failure("NOT_ADMITTED"));
    expect(seen[0]).toBeGreaterThan(0);
  });

  it("tells a wrong network from a wrong key, to its owner only", async () => {
    const server = await TestServer.open({ limits: { admitMs: 20 } });
    const network = networkIdentifier("other");
    await expect(dialServer(server, { network })).rejects.toThrow(failure("HANDSHAKE_CUT"));
    expect((await server.refusal()).error).toMatchObject({ code: "WRONG_NETWORK" });

    const address = { ...server.address, id: KeyPair.fromSeed(generateSeed()).id };
    await expect(dialServer(server, { address })).rejects.toThrow(failure("NOT_ADMITTED"));
    expect((await server.refusal()).error).toMatchObject({ code: "M3_UNREADABLE" });
  });

  it("refuses its own key unless told otherwise", async () => {
    const server = await TestServer.open({ limits: { admitMs: 20 } });
    const { keyPair } = server;
    await expect(dialServer(server, { keyPair })).rejects.toThrow(failure("SELF_CONNECT"));
    await expect(dialServer(server, { keyPair, selfConnect: "allow" })).rejects.toThrow(
      failure("NOT_ADMITTED"),
    );
    expect((await server.refusal()).error).toMatchObject({ code: "SELF_CONNECT" });
  });

  it("hangs up on handshakes when it closes, and leaves roads alone", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server);
    const remote = await server.accept();
    const silent = connect(server.port, "127.0.0.1");
    await once(silent, "connect");
    await server.door.close();
    silent.on("error", () => {});
    silent.resume();
    await once(silent, "close");
    client.send("still here");
    expect((await remote.until(10)).toString()).toBe("still here");
    await expect(dialServer(server)).rejects.toThrow(failure("CONNECTION_REFUSED"));
  });
});

describe("dialling", () => {
  const nobody = async () => {
    const server = await TestServer.open();
    const { address } = server;
    await server.door.close();
    return { address, keyPair: KeyPair.fromSeed(generateSeed()), network: NETWORK };
  };

  it("says that nobody listens", async () => {
    await expect(dial(await nobody())).rejects.toThrow(failure("CONNECTION_REFUSED"));
  });

  it("says that there is no such host", async () => {
    const options = await nobody();
    const address = { ...options.address, host: "no-such-host.invalid" };
    await expect(dial({ ...options, address })).rejects.toThrow(failure("HOST_NOT_FOUND"));
  });

  it("gives up when its signal says so, before or during", async () => {
    const options = await nobody();
    await expect(dial({ ...options, signal: AbortSignal.abort() })).rejects.toThrow(
      failure("ABORTED"),
    );
    const server = await TestServer.open({ admit: () => new Promise(() => {}) });
    const controller = new AbortController();
    const dialling = dialServer(server, {
      signal: controller.signal,
      committed: () => {
        controller.abort(new Error("changed my mind"));
        return [];
      },
    });
    await expect(dialling).rejects.toThrow(failure("ABORTED"));
  });

  it("gives up on a server that never speaks", async () => {
    const { createServer } = await import("node:net");
    const mute = createServer(() => {});
    await new Promise<void>((listening) => mute.listen(0, "127.0.0.1", listening));
    const options = await nobody();
    const { port } = mute.address() as { port: number };
    const address = { ...options.address, port };
    await expect(dial({ ...options, address, limits: { handshakeMs: 20 } })).rejects.toThrow(
      failure("HANDSHAKE_TIMEOUT"),
    );
    mute.close();
  });

  it("can send its first bytes with its proof", async () => {
    const server = await TestServer.open();
    const client = await dialServer(server, { committed: () => [Buffer.from("early ")] });
    client.send("and late");
    const remote = await server.accept();
    expect((await remote.until(14)).toString()).toBe("early and late");
  });
});
