import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { followVat, inspectVat, serveAdmin, type Vat, type VatSnapshot } from "handfast";
import { Admin, Watcher } from "../../src/observe/admin.capnp.ts";
import { Counter } from "../support/counter.capnp.ts";
import { openVat, pair, until } from "../vat/support.ts";

async function administered() {
  const folder = mkdtempSync(join(tmpdir(), "handfast-admin-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const address = join(folder, "admin.sock");
  const setting = await pair();
  const door = await serveAdmin(setting.server, address);
  return { ...setting, door, admin: address, operator: await openVat() };
}

const connectionOf = (snapshot: VatSnapshot, peer: Vat) =>
  snapshot.connections.find((connection) => connection.peer === peer.identity.id);

describe("the administrator", () => {
  it("sees who holds which capability, how old it is and who last called it", async () => {
    const { root, server, client, admin, operator } = await administered();
    const child = (await root.child({ start: 1 })).counter;
    await root.add({ amount: 1 });
    const held = root.hold();
    await root.add({ amount: 1 });
    await (await openVat()).connect(`insecure+unix:${admin}`).ready; // somebody else who looks
    const snapshot = await inspectVat(operator, admin, { leakAfterMs: 0 });
    expect(snapshot).toEqual(JSON.parse(JSON.stringify(snapshot)));
    expect(snapshot.vat).toBe(server.identity.id);
    const connection = connectionOf(snapshot, client);
    const asking = snapshot.connections.filter((one) => one.asking);
    expect(asking).toMatchObject([{ transport: "unix", address: admin }]);
    expect(snapshot.connections).toHaveLength(3);
    expect(connection).toMatchObject({ transport: "shs", embargoes: 0 });
    expect(connection?.traffic.bytesIn).toBeGreaterThan(0);
    expect(connection?.exports).toMatchObject([
      {
        label: "counter.capnp:Counter",
        calls: 4,
        leak: false,
        lastCall: { method: "counter.capnp:Counter.add" },
      },
      { label: "counter.capnp:Counter", references: 1, calls: 0, lastCall: null, leak: true },
    ]);
    expect(connection?.answers).toMatchObject([
      { state: "running", method: "counter.capnp:Counter.hold" },
    ]);
    child[Symbol.dispose]();
    held[Symbol.dispose]();
  });

  it("has a socket that goes with its door, and leaves nothing in the vat's own tables", async () => {
    const { server, client, admin, operator, door } = await administered();
    await inspectVat(operator, admin);
    await until(() => server.peers.length === 1);
    expect(server.peers[0]?.id).toBe(client.identity.id);
    await door.close();
    await expect(inspectVat(operator, admin)).rejects.toMatchObject({ code: "CONNECTION_REFUSED" });
  });

  it("gets nothing but the desk, and the vat's own peers get no desk", async () => {
    const { admin, operator, root } = await administered();
    const counter = operator.connect(`insecure+unix:${admin}`).bootstrap(Counter);
    const refused = await counter.add({ amount: 1 }).then(null, (error: unknown) => error);
    expect(refused).toMatchObject({ code: "UNIMPLEMENTED" });
    const { cast } = await import("handfast/capnp");
    const desk = await cast(root, Admin)
      .snapshot({})
      .then(null, (error: unknown) => error);
    expect(desk).toMatchObject({ code: "UNIMPLEMENTED" });
  });

  it("may watch, until it stops or the vat is gone", async () => {
    const { root, client, server, admin, operator } = await administered();
    const seen: VatSnapshot[] = [];
    const stop = new AbortController();
    const options = { intervalMs: 1, onSnapshot: (one: VatSnapshot) => seen.push(one) };
    const following = followVat(operator, admin, { ...options, signal: stop.signal });
    await until(() => seen.length === 1);
    await root.add({ amount: 1 });
    const callsIn = (one: VatSnapshot | undefined) =>
      one === undefined ? 0 : (connectionOf(one, client)?.exports[0]?.calls ?? 0);
    await until(() => callsIn(seen.at(-1)) === 1);
    stop.abort();
    await following;
    await until(() => server.peers.length === 1);

    const { signal } = new AbortController();
    const again = expect(followVat(operator, admin, { ...options, signal })).rejects.toMatchObject({
      kind: "disconnected",
    });
    const count = seen.length;
    await until(() => seen.length > count);
    await server.close();
    await again;
  });

  it("that takes its time gets fewer snapshots, and none waits for it", async () => {
    const { admin, operator } = await administered();
    let taken = 0;
    const watcher = Watcher.serve({
      changed: () => {
        taken += 1;
        return new Promise(() => {});
      },
    });
    const desk = operator.connect(`insecure+unix:${admin}`).bootstrap(Admin);
    const watching = await desk.watch({ watcher, intervalMs: 0 });
    for (let round = 0; round < 5; round += 1) await desk.snapshot({});
    expect(taken).toBe(1);
    watching[Symbol.dispose]();
  });
});
