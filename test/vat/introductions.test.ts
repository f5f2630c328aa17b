import { describe, expect, it } from "vitest";
import { type Vat } from "handfast";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, TestCounter, until } from "./support.ts";

interface Company {
  /** The broker in the middle, as the left has it. */
  readonly middle: Counter.Client;
  /** The right's root, as the left got it from the broker. */
  readonly far: Counter.Client;
  readonly right: Vat;
  /** What happened at the right. */
  readonly log: string[];
}

/** A counter whose child is another vat's. */
class Broker extends TestCounter {
  far: Counter.Client | undefined;

  override child(): Counter.Child.Returns {
    return { counter: this.far };
  }
}

/** left → middle → right, and no connection between left and right. */
async function company(): Promise<Company> {
  const log: string[] = [];
  const right = await openVat({ admit: "anyone", bootstrap: () => new TestCounter(0, log) });
  const broker = new Broker();
  const middleVat = await openVat({ admit: "anyone", bootstrap: () => broker });
  const left = await openVat();
  const [atRight, atMiddle] = [await right.listen(LOOPBACK), await middleVat.listen(LOOPBACK)];
  broker.far = middleVat.connect(atRight.address).bootstrap(Counter);
  const middle = left.connect(atMiddle.address).bootstrap(Counter);
  return { middle, far: middle.child({}).counter, right, log };
}

describe("a capability of one connection, sent on another", () => {
  it("is called through the one in between, in order", async () => {
    const { far, log } = await company();
    const calls = [];
    for (let amount = 1; amount <= 10; amount += 1) calls.push(far.add({ amount }));
    const totals = (await Promise.all(calls)).map(({ total }) => total);
    expect(totals.at(-1)).toBe(55);
    expect(log).toEqual(Array.from({ length: 10 }, (_, index) => `add ${index + 1}`));
  });

  it("pipelines through the one in between", async () => {
    const { far } = await company();
    const { counter } = far.child({ start: 1 }).counter.child({ start: 41 });
    expect((await counter.add({ amount: 1 })).total).toBe(42);
  });

  it("can be given up, and the far end is told", async () => {
    const { far, log } = await company();
    const held = far.hold();
    await until(() => log.includes("held"));
    held[Symbol.dispose]();
    await until(() => log.includes("cancelled"));
  });

  it("is known again when it comes home", async () => {
    const { far, middle, log } = await company();
    const { counter } = await middle.same({ counter: far });
    expect((await counter.add({ amount: 3 })).total).toBe(3);
    expect(log).toEqual(["add 3"]);
  });

  it("breaks when the far end is gone, and the one in between lives on", async () => {
    const { far, middle, right, log } = await company();
    await far.add({ amount: 1 });
    const held = far.hold();
    await until(() => log.includes("held"));
    await Promise.all([
      right.close(),
      expect(held).rejects.toMatchObject({ kind: "disconnected", executed: "maybe" }),
    ]);
    await expect(far.add({ amount: 1 })).rejects.toMatchObject({ kind: "disconnected" });
    expect((await middle.add({ amount: 5 })).total).toBe(5);
  });
});
