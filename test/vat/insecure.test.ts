import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { type AnonymousPeer } from "handfast";
import { Counter } from "../support/counter.capnp.ts";
import { openVat, TestCounter } from "./support.ts";

const LOOPBACK = "insecure://127.0.0.1:0";

it("plain TCP proves nothing, and its peers get what is meant for those", async () => {
  const peers: AnonymousPeer[] = [];
  const server = await openVat({
    bootstrap: () => new TestCounter(1000),
    anonymousBootstrap: (peer) => {
      peers.push(peer);
      return new TestCounter(1);
    },
  });
  const { address } = await server.listen(LOOPBACK);
  const client = await openVat();
  const connection = client.connect(address);
  const root = connection.bootstrap(Counter);
  expect((await root.add({ amount: 1 })).total).toBe(2);
  const { principal, transport, peer } = await root.whoami();
  expect([principal, transport, peer]).toEqual(["", "tcp", ""]);
  expect(peers.map(({ id }) => id)).toEqual([undefined]);
  expect((await connection.ready).id).toBeUndefined();
});

it("plain TCP offers nothing unless it was said what", async () => {
  const server = await openVat({ admit: "anyone", bootstrap: () => new TestCounter() });
  const { address } = await server.listen(LOOPBACK);
  const root = (await openVat()).connect(address).bootstrap(Counter);
  await expect(root.add({ amount: 1 })).rejects.toMatchObject({ kind: "unimplemented" });
});

it.each(["insecure://0.0.0.0:0", "insecure://192.0.2.1:80", "insecure://localhost:80"])(
  "plain TCP never leaves this machine: %s",
  async (address) => {
    const vat = await openVat();
    await expect(vat.listen(address)).rejects.toMatchObject({ code: "INSECURE" });
  },
);

it("a dial that is over leaves nothing at its vat", async () => {
  const server = await openVat({ anonymousBootstrap: () => new TestCounter() });
  const { address } = await server.listen(LOOPBACK);
  const client = await openVat();
  const signals: AbortSignal[] = [];
  const own = new TestCounter();
  own.whoami = (_, { peer, method }) => {
    signals.push(peer.signal); // a local call comes from the vat itself
    return { peer: "", principal: "", transport: "local", method };
  };
  await client.refer(Counter, own).whoami();
  const [life] = signals;
  for (let dial = 0; dial < 3; dial++) {
    const connection = client.connect(address);
    await connection.ready;
    await connection.close();
  }
  expect(getEventListeners(life!, "abort")).toEqual([]);
  const held = Object.getOwnPropertySymbols(life).find(
    ({ description }) => description === "kDependantSignals",
  );
  expect(held, "what AbortSignal.any leaves, where this Node names it so").toBeUndefined();
});
