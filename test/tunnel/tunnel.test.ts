import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openTunnel, serveTunnel, type ServeTunnelOptions } from "../../src/tunnel/index.ts";
import { Identity } from "../../src/vat/index.ts";

const network = "tunnel.test/v1";

/** A plain service on a free port; `failures` of both ends of a tunnel to it. */
async function withTunnel(
  serve: (socket: Socket) => void,
  options: Partial<ServeTunnelOptions> = {},
) {
  const service = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    serve(socket);
  });
  await once(service.listen(0, "127.0.0.1"), "listening");
  const to = `127.0.0.1:${(service.address() as AddressInfo).port}`;
  const failures: unknown[] = [];
  const failed = ({ error }: { readonly error: unknown }) => failures.push(error);
  const client = await Identity.generate();
  const far = await serveTunnel({
    identity: await Identity.generate(),
    network,
    listen: "tcp://127.0.0.1:0",
    to,
    admit: ({ id }) => id === client.id,
    failed,
    ...options,
  });
  const near = await openTunnel({
    identity: client,
    network,
    listen: "127.0.0.1:0",
    to: far.addresses[0]!,
    failed,
  });
  onTestFinished(async () => {
    await near.close({ graceMs: 0 });
    await far.close({ graceMs: 0 });
    service.close();
  });
  const dial = (to = near.addresses[0]!) => {
    const [host, port] = to.split(":");
    const socket = to.startsWith("/")
      ? connect({ path: to, allowHalfOpen: true })
      : connect({ host: host!, port: Number(port), allowHalfOpen: true });
    onTestFinished(() => {
      socket.destroy();
    });
    return socket;
  };
  return { dial, near, far, service, failures, client };
}

/** Reads to the end, and leaves the other direction open. */
function buffer(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    socket.on("data", (bytes: Buffer) => chunks.push(bytes));
    socket.once("end", () => {
      resolve(Buffer.concat(chunks));
    });
    socket.once("error", reject);
  });
}

const echo = (socket: Socket) => socket.pipe(socket);

/** Sends all of it, then its end, and reads to the end of what comes back. */
async function exchange(socket: Socket, bytes: Uint8Array): Promise<Buffer> {
  socket.end(bytes);
  return await buffer(socket);
}

/** Settles with the code of the error that the socket ends with. */
const errorOf = async (socket: Socket) => {
  socket.resume();
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  return error.code;
};

describe("a tunnel", () => {
  it.each(["aead64k", "box-stream", "compact"] as const)("carries bytes in %s", async (suite) => {
    const { dial, far, near, failures } = await withTunnel(echo, { suites: [suite] });
    const sent = Buffer.alloc(3_000_001, "handfast");
    expect((await exchange(dial(), sent)).equals(sent)).toBe(true);
    await near.close();
    await far.close();
    expect(failures).toEqual([]);
    const bytes = { sentBytes: sent.length, receivedBytes: sent.length };
    expect(near.stats).toEqual({ joined: 1, open: 0, cut: 0, refused: 0, ...bytes });
    expect(far.stats).toEqual(near.stats);
  });

  it("carries a hundred connections side by side, though they come at once", async () => {
    const warnings: unknown[] = [];
    const warned = (warning: unknown) => warnings.push(warning);
    process.on("warning", warned);
    onTestFinished(() => {
      process.off("warning", warned);
    });
    let came = 0;
    const admit = async () => {
      came += 1;
      for (let [quiet, before] = [0, came]; quiet < 30; quiet += 1) {
        await new Promise((turn) => setImmediate(turn));
        if (before !== came) [quiet, before] = [0, came]; // more will come with it
      }
      return true;
    };
    const limits = { handshakeMs: 60_000, admitMs: 60_000 };
    const { dial, failures } = await withTunnel(echo, { admit, limits, exempt: () => false });
    const texts = Array.from({ length: 100 }, (_, index) => `connection ${index} `.repeat(1000));
    const sockets = texts.map((text) => {
      const socket = dial();
      socket.write(text);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, "readable")));
    const echoed = await Promise.all(sockets.map((socket) => exchange(socket, Buffer.of())));
    expect(echoed.map(String)).toEqual(texts);
    expect(failures).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it("passes an end on in one direction and lets the other go on", async () => {
    const { dial } = await withTunnel((socket) => {
      socket.write("first");
      socket.resume().once("end", () => socket.end(" and last"));
    });
    const socket = dial();
    await once(socket, "readable");
    expect(String(socket.read())).toBe("first");
    socket.end();
    expect((await buffer(socket)).toString()).toBe(" and last");
  });

  it("passes an end of the service on while the client goes on", async () => {
    const got: Promise<Buffer>[] = [];
    const { dial } = await withTunnel((socket) => {
      got.push(buffer(socket));
      socket.end("bye");
    });
    const socket = dial();
    expect((await buffer(socket)).toString()).toBe("bye");
    socket.end("still here");
    expect((await got[0])?.toString()).toBe("still here");
  });

  it("stops a writer whose reader does not read, and goes on when it does", async () => {
    let reader: Socket | undefined;
    const { dial, near, far } = await withTunnel((socket) => {
      reader = socket.pause();
    });
    const socket = dial();
    const chunk = Buffer.alloc(64 * 1024, 1);
    let written = 0;
    // The system's own buffers on three hops take some megabytes; then nothing is taken.
    for (let quiet = 0; quiet < 20_000;) {
      if (socket.writableLength < 1024 * 1024) {
        socket.write(chunk);
        written += chunk.length;
        quiet = 0;
      } else quiet += 1;
      await new Promise((turn) => setImmediate(turn));
    }
    expect(written).toBeLessThan(48 * 1024 * 1024);
    expect(near.stats.sentBytes - far.stats.receivedBytes).toBeLessThan(16 * 1024 * 1024);
    let read = 0;
    reader!.on("data", (bytes: Buffer) => (read += bytes.length)).resume();
    socket.end();
    await once(reader!, "end");
    expect(read).toBe(written);
  });

  it("resets the client when the service does, so that a cut is no end", async () => {
    const { dial, failures, near } = await withTunnel((socket) => {
      socket.write("half an ans");
      socket.once("data", () => socket.resetAndDestroy());
    });
    const socket = dial();
    await once(socket, "data");
    socket.write("go");
    expect(await errorOf(socket)).toBe("ECONNRESET");
    await near.close();
    expect(near.stats.cut).toBe(1);
    expect(failures.length).toBeGreaterThan(0);
  });

  it.each(["aead64k", "box-stream"] as const)(
    "cuts the client off when the service is down, in %s",
    async (suite) => {
      const { dial, service, far, failures } = await withTunnel(echo, { suites: [suite] });
      service.close();
      expect(await errorOf(dial())).toBe("ECONNRESET");
      expect(failures).toContainEqual(expect.objectContaining({ code: "CONNECTION_REFUSED" }));
      const seen = suite === "aead64k" ? "FAR_END_FAILED" : "TRUNCATED";
      await far.close();
      await expect.poll(() => failures).toContainEqual(expect.objectContaining({ code: seen }));
      expect(far.stats).toMatchObject({ joined: 0, refused: 1 });
    },
  );

  it("refuses a key that is not admitted, and cuts its client off", async () => {
    const { dial, failures, near } = await withTunnel(echo, {
      admit: () => false,
      limits: { admitMs: 20 },
    });
    expect(await errorOf(dial())).toBe("ECONNRESET");
    await expect.poll(() => failures).toHaveLength(2);
    for (const error of failures) expect(error).toMatchObject({ code: "NOT_ADMITTED" });
    expect(near.stats.refused).toBe(1);
  });

  it("tells the service who it is, before the first byte", async () => {
    const seen: Promise<Buffer>[] = [];
    const { dial, client, far } = await withTunnel(
      (socket) => {
        seen.push(buffer(socket));
        socket.end();
      },
      { proxyProtocol: true },
    );
    await exchange(dial(), Buffer.from("payload"));
    const bytes = await seen[0]!;
    expect(bytes.subarray(12, 16).toString("hex")).toBe("21110042");
    expect(bytes.subarray(16, 24).toString("hex")).toBe("7f0000017f000001");
    expect(bytes.readUInt16BE(26)).toBe(Number(/:(\d+)$/.exec(far.addresses[0]!)![1]));
    expect(bytes.subarray(28, 31).toString("hex")).toBe("e00033");
    expect(bytes.subarray(31).toString()).toBe(`${client.id}payload`);
  });

  it("has sockets of this machine at either end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "handfast-tunnel-"));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const { far, client, dial } = await withTunnel(echo, { listen: `unix:${folder}/far.sock` });
    const near = await openTunnel({
      identity: client,
      network,
      listen: `unix:${folder}/near.sock`,
      to: far.addresses[0]!,
    });
    const socket = dial(near.addresses[0]);
    expect((await exchange(socket, Buffer.from("hello"))).toString()).toBe("hello");
    await near.close();
  });

  it("keeps plain bytes on this machine unless told otherwise", async () => {
    const identity = await Identity.generate();
    const options = { identity, network, listen: "tcp://127.0.0.1:0", admit: "anyone" } as const;
    const insecure = expect.objectContaining({ code: "INSECURE" }) as unknown;
    await expect(serveTunnel({ ...options, to: "192.0.2.1:80" })).rejects.toEqual(insecure);
    const to = `capnp://${(await Identity.generate()).id}@127.0.0.1:1`;
    await expect(openTunnel({ identity, network, listen: "0.0.0.0:0", to })).rejects.toEqual(
      insecure,
    );
    const remote = { ...options, to: "192.0.2.1:80", remoteService: "allow" } as const;
    await (await serveTunnel(remote)).close();
  });

  it("shows the host that it is told to, and none that is no host", async () => {
    const { far } = await withTunnel(echo, { advertise: "Tunnel.example" });
    expect(far.addresses[0]).toMatch(/@tunnel\.example:\d+$/);
    const bad = withTunnel(echo, { advertise: "my host" });
    await expect(bad).rejects.toMatchObject({ code: "ADDRESS_INVALID" });
  });

  it("gives what is open its grace when it closes, then cuts it", async () => {
    const { dial, near, far } = await withTunnel(echo);
    const socket = dial();
    socket.write("hello");
    await once(socket, "data");
    const closing = near.close({ graceMs: 60_000 });
    socket.write("still served");
    expect(String((await once(socket, "data"))[0])).toBe("still served");
    void near.close();
    expect(await errorOf(socket)).toBe("ECONNRESET");
    await closing;
    expect(near.stats).toMatchObject({ open: 0, cut: 1 });
    await far.close();
  });
});
