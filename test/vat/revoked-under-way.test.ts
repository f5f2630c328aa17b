import { describe, expect, it } from "vitest";
import { AuthContext, Revoker, type RpcError, type Vat } from "handfast";
import { type CallContext, dup } from "handfast/capnp";
import { Counter, Watcher } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, TestCounter, until } from "./support.ts";

const REVOKED = { code: "REVOKED" };

const failureOf = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => "no error",
    (error: unknown) => error as RpcError,
  );

/** A counter that hands calls over to one behind it, and holds what it writes until it is let. */
class Front extends TestCounter {
  readonly behind = new TestCounter(0, this.log);
  readonly kept: Counter.Client[] = [];
  letGo = (): void => {};
  vat: Vat | undefined;

  override hold(_: Counter.Hold.Params, call: CallContext): Promise<never> {
    if (this.vat === undefined) return super.hold(_, call);
    const behind = this.vat.mint(Counter, this.behind);
    this.kept.push(behind);
    return call.tailCall(behind, "hold", {}) as Promise<never>;
  }

  override async child({ start }: Counter.Child.Params) {
    await new Promise<void>((resolve) => (this.letGo = resolve));
    this.log.push("child");
    return { counter: new TestCounter(start, this.log) };
  }

  override async write({ chunk }: Counter.Write.Params) {
    this.log.push(`write ${chunk.length}`);
    await new Promise<void>((resolve) => (this.letGo = resolve));
    return {};
  }
}

/** A peer who holds a reference that can be taken back, and all that was reached through it too. */
async function story() {
  const front = new Front();
  const revoker = new Revoker();
  const auth = AuthContext.of({ domain: "test", principal: "ada" });
  const server = await openVat({
    admit: "anyone",
    bootstrap: () => server.mint(Counter, front, { auth, revokedBy: revoker, membrane: true }),
  });
  const { address } = await server.listen(LOOPBACK);
  const client = await openVat();
  const root = client.connect(address).bootstrap(Counter);
  const wrote = (line: string) => until(() => front.log.includes(line));
  return { front, revoker, server, root, wrote, log: front.log };
}

describe("a reference that is revoked while calls through it are under way", () => {
  it("fails a call that was handed over, and tells the method which has it", async () => {
    const { front, revoker, server, root, wrote } = await story();
    front.vat = server;
    const held = failureOf(root.hold({}));
    await wrote("held");
    revoker.revoke();
    expect(await held).toMatchObject(REVOKED);
    await wrote("cancelled");
    for (const client of front.kept) client[Symbol.dispose]();
  });

  it("fails what was pipelined on a call that has not returned, and runs none of it", async () => {
    const { front, revoker, root, log } = await story();
    const { counter } = root.child({ start: 5 });
    const added = failureOf(counter.add({ amount: 1 }));
    await failureOf(root.add({ amount: 1 })); // by now the others are there
    revoker.revoke();
    expect(await added).toMatchObject(REVOKED);
    front.letGo();
    await until(() => log.includes("child"));
    expect(await failureOf(counter.add({ amount: 1 }))).toMatchObject(REVOKED);
    expect(log).toEqual(["add 1", "dropped 1", "child", "dropped 5"]);
  });

  it("fails a stream, what waits in it and what follows", async () => {
    const { revoker, root, wrote, log } = await story();
    await root.write({ chunk: new Uint8Array(1) });
    await root.write({ chunk: new Uint8Array(2) });
    await wrote("write 1");
    revoker.revoke();
    expect(await failureOf(root.add({ amount: 1 }))).toMatchObject(REVOKED);
    expect(await failureOf(root.write({ chunk: new Uint8Array(3) }))).toMatchObject(REVOKED);
    expect(log).toEqual(["write 1", "dropped 0"]);
  });

  it("fails the calls of those inside to what was passed in to them", async () => {
    const { front, revoker, root } = await story();
    const totals: number[] = [];
    const watcher = Watcher.serve({
      changed: ({ total }) => {
        totals.push(total);
        return new Promise<never>(() => {});
      },
    });
    await root.watch({ watcher });
    const inside = front.watcher;
    if (inside === undefined) throw new Error("nobody watches");
    using kept = dup(inside);
    const told = failureOf(kept.changed({ total: 1 }));
    await until(() => totals.length === 1);
    revoker.revoke();
    expect(await told).toMatchObject(REVOKED);
    expect(await failureOf(kept.changed({ total: 2 }))).toMatchObject(REVOKED);
    expect(totals).toEqual([1]);
  });
});
