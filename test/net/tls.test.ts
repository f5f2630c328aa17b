import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { inspect } from "node:util";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import {
  dialTls,
  listenTls,
  type Refusal,
  type SecureSocket,
  type TlsListener,
  type TlsListenOptions,
} from "../../src/net/index.ts";
import { ready } from "../../src/shs/index.ts";
import { FIRST, idOf, SECOND } from "./support/certificates.ts";
import { DrivenRoad, withResolvers } from "./support/road.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

beforeAll(ready);

const OURS = { certificate: FIRST, id: idOf(FIRST) };
const THEIRS = { certificate: SECOND, id: idOf(SECOND) };

interface Opened {
  readonly door: TlsListener;
  readonly accepted: Promise<SecureSocket>;
  readonly refused: Promise<Refusal>;
}

async function open(options: Partial<TlsListenOptions> = {}): Promise<Opened> {
  const { promise: accepted, resolve: accepts } = withResolvers<SecureSocket>();
  const { promise: refused, resolve: refuses } = withResolvers<Refusal>();
  const door = await listenTls({
    address: { host: "127.0.0.1", port: 0 },
    certificate: FIRST,
    admit: () => true,
    accepted: accepts,
    refused: refuses,
    ...options,
  });
  onTestFinished(() => door.close());
  return { door, accepted, refused };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const dialFirst = ({ door }: Opened, options: Partial<Parameters<typeof dialTls>[0]> = {}) =>
  dialTls({ address: door.address, certificate: SECOND, id: OURS.id, ...options });

/** A bare TLS client, which shows a certificate or not; settles when it is hung up on. */
function stranger({ door }: Opened, certificate = {}): Promise<void> {
  const settings = { minVersion: "TLSv1.3", rejectUnauthorized: false, ...certificate } as const;
  const socket = connectTls({ ...door.address, ...settings });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.resume();
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

describe("a road of TLS with certificates on both sides", () => {
  it("knows both peers by their fingerprints, and carries bytes both ways", async () => {
    const opened = await open();
    const client = await dialFirst(opened);
    const server = await opened.accepted;
    expect(server.peer).toMatchObject({ id: THEIRS.id, transport: "mtls" });
    expect(client.peer.id).toBe(OURS.id);
    expect(client.peer.channelBinding).toHaveLength(32);
    expect(client.peer.channelBinding).toEqual(server.peer.channelBinding);
    expect(client.suite).toBeUndefined();
    const [near, far] = [new DrivenRoad(client), new DrivenRoad(server)];
    near.send("there");
    expect((await far.until(5)).toString()).toBe("there");
    far.send(Buffer.alloc(300_000, "back"));
    expect(await near.until(300_000)).toHaveLength(300_000);
    near.socket.end();
    expect(await far.ended).toBe("unknown"); // no goodbye: honest about what it cannot know
    far.socket.end();
    expect(await near.closed).toBeUndefined();
    expect(await far.closed).toBeUndefined();
    expect(opened.door.counts).toMatchObject({ shaking: 0, roads: 0 });
  });

  it("shows what the certificate says of itself", async () => {
    const opened = await open();
    const client = await dialFirst(opened);
    const { peer } = await opened.accepted;
    expect(peer.claims).toEqual({
      subject: "CN=handfast test\\, not secret",
      serialNumber: "4E7F01A5A4E9BE910068D23213902B3BE7E1F5E2",
      validFrom: "2026-11-21T05:43:14.000Z",
      validTo: "2126-10-28T05:43:14.000Z",
    });
    expect(inspect(peer, { showHidden: true }) + JSON.stringify(peer)).not.toContain("CN=");
    client.destroy();
  });

  it("does not lead to another certificate", async () => {
    const dialling = dialFirst(await open(), { id: THEIRS.id });
    await expect(dialling).rejects.toMatchObject({ code: "NOT_ADMITTED" });
  });

  it("can be given up while it is dialled", async () => {
    const controller = new AbortController();
    const dialling = dialFirst(await open(), { signal: controller.signal });
    controller.abort();
    await expect(dialling).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("hangs up on every refusal at the same moment", async () => {
    const refusals: (readonly [object, TlsListenOptions["admit"]])[] = [
      [{}, () => true], // no certificate
      [SECOND, () => false],
      [SECOND, () => Promise.reject(new Error("a bug"))],
      [SECOND, () => new Promise<boolean>(() => {})],
    ];
    for (const [certificate, admit] of refusals) {
      const clock = new VirtualClock();
      const opened = await open({ admit, clock });
      let gone = false;
      const hungUp = stranger(opened, certificate).then(() => (gone = true));
      while (clock.last !== 1000) await turn();
      clock.advance(999);
      await turn();
      expect(gone).toBe(false);
      clock.advance(1);
      await hungUp;
      expect((await opened.refused).error).toMatchObject({ code: "NOT_ADMITTED" });
      expect(opened.door.counts.shaking).toBe(0);
    }
  });

  it("turns an address away that keeps coming without a certificate", async () => {
    const codes: unknown[] = [];
    const opened = await open({
      limits: { admitMs: 10, badHandshakes: 2 },
      exempt: () => false,
      refused: ({ error }) => codes.push((error as { readonly code: string }).code),
    });
    for (let count = 0; count < 3; count += 1) await stranger(opened);
    while (codes.length < 3) await turn();
    expect(codes).toEqual(["NOT_ADMITTED", "NOT_ADMITTED", "TURNED_AWAY"]);
  });

  it("waits neither for ever for the first byte, nor for the rest of a handshake", async () => {
    for (const said of [[], [22, 3, 1]]) {
      const opened = await open({ limits: { silentMs: 20, handshakeMs: 20 } });
      const socket = connectTcp(opened.door.address);
      socket.write(Uint8Array.from(said));
      socket.resume();
      expect((await opened.refused).error).toMatchObject({ code: "HANDSHAKE_TIMEOUT" });
      await new Promise((resolve) => socket.once("close", resolve));
    }
  });

  it("hangs up on what is not TLS, or not 1.3", async () => {
    const garbage = await open();
    const socket = connectTcp(garbage.door.address);
    socket.on("error", () => {});
    socket.write("GET / HTTP/1.1\r\n\r\n");
    expect((await garbage.refused).error).toMatchObject({ code: "HANDSHAKE_CUT" });
    const old = await open();
    await stranger(old, { ...SECOND, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
    expect((await old.refused).error).toMatchObject({ code: "SOCKET_FAILED" });
    expect(old.door.counts.shaking).toBe(0);
  });

  it("counts handshakes by address and punishes bad ones", async () => {
    const limits = { maxHandshakesPerAddress: 2, badHandshakes: 2 };
    const opened = await open({ limits, exempt: () => false });
    const sockets = [1, 2].map(() => connectTcp(opened.door.address));
    await Promise.all(sockets.map((it) => new Promise((resolve) => it.once("connect", resolve))));
    await expect(dialFirst(opened)).rejects.toThrow(); // a third
    expect((await opened.refused).error).toMatchObject({ code: "TURNED_AWAY" });
    for (const socket of sockets) socket.end("garbage");
    await Promise.all(
      sockets.map((it) => new Promise((resolve) => it.resume().once("close", resolve))),
    );
    await expect(dialFirst(opened)).rejects.toThrow(); // and now it is known for it
  });

  it("opens so many roads to one certificate, and makes room when one is gone", async () => {
    const opened = await open({ limits: { maxRoadsPerKey: 1, admitMs: 10 } });
    const first = await dialFirst(opened);
    const road = new DrivenRoad(await opened.accepted);
    await stranger(opened, SECOND);
    expect((await opened.refused).error).toMatchObject({ code: "TURNED_AWAY" });
    first.destroy();
    await road.ended; // as after any FIN: TLS has no goodbye
    road.socket.destroy();
    await road.closed;
    expect(opened.door.counts.roads).toBe(0);
  });

  it("bounds what waits for a peer that does not read, and gives up on it", async () => {
    const opened = await open({ limits: { writeMs: 100 } });
    const client = await dialFirst(opened); // not started: it reads nothing
    const server = new DrivenRoad(await opened.accepted);
    const { socket } = server;
    const chunk = Buffer.alloc(64 * 1024);
    let most = 0;
    const fill = setInterval(() => {
      while (socket.bufferedBytes < 4 * chunk.length && socket.write(chunk)) {
        // until we are told to wait
      }
      most = Math.max(most, socket.bufferedBytes);
    }, 1);
    expect(await server.closed).toMatchObject({ code: "WRITE_TIMEOUT" });
    clearInterval(fill);
    expect(most).toBeLessThan(1024 * 1024);
    client.destroy();
  });
});
