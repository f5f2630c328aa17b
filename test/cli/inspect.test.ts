import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { serveAdmin } from "handfast";
import { run } from "../../src/cli/program.ts";
import { pair } from "../vat/support.ts";
import { screen } from "./screen.ts";

async function node() {
  const folder = mkdtempSync(join(tmpdir(), "handfast-inspect-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const socket = join(folder, "admin.sock");
  const setting = await pair();
  await serveAdmin(setting.server, socket);
  await setting.root.add({ amount: 1 });
  return { ...setting, socket };
}

it("inspect prints who holds what", async () => {
  const { socket, server, client } = await node();
  const { terminal, out } = screen();
  expect(await run(["inspect", socket], terminal)).toBe(0);
  expect(out()).toContain(server.identity.id);
  expect(out()).toContain(client.identity.id);
  expect(out()).toMatch(/export +0 +settled +1 .*counter\.capnp:Counter: 1 calls, last .*add/);
});

it("inspect --json is one line that a program can read", async () => {
  const { socket, client } = await node();
  const { terminal, out } = screen();
  expect(await run(["--json", "inspect", `unix:${socket}`, "--leak-after", "0"], terminal)).toBe(0);
  const snapshot = JSON.parse(out()) as { connections: { peer: string }[] };
  expect(snapshot.connections.map(({ peer }) => peer)).toContain(client.identity.id);
});

it("inspect --watch goes on until it is interrupted", async () => {
  const { socket } = await node();
  const { terminal, out } = screen();
  const watching = run(["--json", "inspect", socket, "--watch", "--interval", "0.1"], terminal);
  while (out().split("\n").length < 3) await new Promise((resolve) => setImmediate(resolve));
  process.emit("SIGTERM");
  expect(await watching).toBe(0);
});

it.each([[[]], [["--watch"]]])("inspect %s waits no longer than it is told to", async (more) => {
  const folder = mkdtempSync(join(tmpdir(), "handfast-inspect-"));
  const socket = join(folder, "silent.sock");
  const silent = createServer(() => {});
  onTestFinished(() => {
    silent.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await new Promise<void>((resolve) => silent.listen(socket, resolve));
  const { terminal, err } = screen();
  const startedAtMs = performance.now();
  expect(await run(["inspect", socket, "--timeout", "20", ...more], terminal)).toBe(1);
  expect(performance.now() - startedAtMs).toBeLessThan(4000); // a goodbye has 5 s elsewhere
  expect(err()).toMatch(/^error TIMEOUT/);
});

it.each([
  [["inspect"], "USAGE", 2],
  [["inspect", ""], "USAGE", 2],
  [["inspect", "/nowhere/admin.sock"], "CONNECTION_REFUSED", 1],
  [["inspect", "/etc/passwd"], "CONNECTION_REFUSED", 1],
  [["inspect", `/${"x".repeat(200)}`], "ADDRESS_INVALID", 2],
  [["inspect", "/x", "--interval", "soon"], "USAGE", 2],
])("handfast %s is refused with %s", async (args, code, status) => {
  const { terminal, err } = screen();
  expect(await run(args, terminal)).toBe(status);
  expect(err()).toContain(`error ${code}`);
});
