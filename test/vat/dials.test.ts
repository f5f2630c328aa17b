import { describe, expect, it } from "vitest";
import { parsePeerAddress, realClock, type SecureSocket } from "../../src/net/index.ts";
import { vatLimits } from "../../src/vat/limits.ts";
import { type DialOwner, Dials } from "../../src/vat/dials.ts";
import { withResolvers } from "../net/support/road.ts";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, TestCounter } from "./support.ts";

const ADDRESS = parsePeerAddress(`capnp://ed25519:${"A".repeat(43)}@127.0.0.1:1`);

describe("a dial that is given up", () => {
  it("in the moment in which it succeeds leaves no connection behind", async () => {
    const { promise: dialled, resolve: succeed } = withResolvers<SecureSocket>();
    const adopted: unknown[] = [];
    const owner: Partial<DialOwner> = {
      listening: false,
      limits: vatLimits(),
      dial: () => dialled,
      adopt: (road) => {
        adopted.push(road);
        throw new Error("it was adopted");
      },
    };
    const dials = new Dials(owner as DialOwner, realClock, new Uint8Array(32)); // the rest unused
    const arrival = dials.join(ADDRESS, {});
    let cuts = 0;
    succeed({ destroy: () => (cuts += 1) } as unknown as SecureSocket); // nor is the rest of this
    arrival.abandon(); // before anybody is told
    await expect(arrival.driver).rejects.toMatchObject({ code: "CLOSED" });
    await new Promise((resolve) => setImmediate(resolve));
    expect([cuts, adopted]).toEqual([1, []]);
  });

  it("is not what the next to connect joins", async () => {
    const server = await openVat({ admit: "anyone", bootstrap: () => new TestCounter() });
    const { address } = await server.listen(LOOPBACK);
    const client = await openVat();
    const first = client.connect(address);
    void first.close();
    const root = client.connect(address).bootstrap(Counter);
    expect((await root.add({ amount: 1 })).total).toBe(1);
    await expect(first.ready).rejects.toMatchObject({ code: "CLOSED" });
  });
});
