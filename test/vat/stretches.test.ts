import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type AnonymousPeer, type Road } from "handfast";
import { type RoadEvents } from "../../src/net/index.ts";
import { Counter } from "../support/counter.capnp.ts";
import { openVat, TestCounter } from "./support.ts";

/** An end of a road whose bytes go nowhere until the test hands them over. */
class HeldRoad implements Road<AnonymousPeer> {
  readonly peer: AnonymousPeer = {
    address: "held",
    transport: "memory",
    signal: new AbortController().signal,
    id: undefined,
  };
  readonly bufferedBytes = 0;
  readonly onFlush: () => void;
  events: RoadEvents | undefined;
  #written: Uint8Array[] = [];

  constructor(onFlush = () => {}) {
    this.onFlush = onFlush;
  }

  start(events: RoadEvents) {
    this.events = events;
  }

  write(bytes: Uint8Array) {
    this.#written.push(bytes);
    return true;
  }

  flush() {
    this.onFlush();
  }

  end() {
    // nobody is there to hear a goodbye
  }

  destroy() {
    // there is nothing to cut
  }

  /** All that was written since the last time, in so many pieces at once. */
  handOver({ events }: HeldRoad, pieces = 1): void {
    const bytes = Buffer.concat(this.#written.splice(0));
    const size = Math.ceil(bytes.length / pieces);
    for (let at = 0; at < bytes.length; at += size) {
      events?.data(Uint8Array.from(bytes.subarray(at, at + size)));
    }
  }
}

/** A client that has its root already, and what the counter showed whenever the server flushed. */
async function joined() {
  const counter = new TestCounter();
  const totals: number[] = [];
  const server = await openVat({ anonymousBootstrap: () => counter });
  const client = await openVat();
  const near = new HeldRoad();
  const far = new HeldRoad(() => totals.push(counter.total));
  server.join(far);
  const root = client.join(near).bootstrap(Counter);
  await turn();
  near.handOver(far);
  await turn();
  far.handOver(near);
  return { near, far, root, totals };
}

const CALLS = 100;

describe("many calls in one piece", () => {
  it("are answered while the last of them have yet to be read", async () => {
    const { near, far, root, totals } = await joined();
    for (let call = 0; call < CALLS; call += 1) void root.add({ amount: 1 });
    await turn();
    near.handOver(far);
    await turn();
    expect(totals.length).toBeGreaterThan(2);
    expect(totals[0]).toBeLessThan(CALLS / 2);
  });

  it("are all read when more arrives before that", async () => {
    const { near, far, root } = await joined();
    const calls = Array.from({ length: CALLS }, () => root.add({ amount: 1 }));
    await turn();
    near.handOver(far, 3);
    await turn();
    far.handOver(near, 3);
    const totals = (await Promise.all(calls)).map(({ total }) => total);
    expect(totals).toEqual(Array.from({ length: CALLS }, (_, index) => index + 1));
  });

  it("leave a few answers to the end of the turn", async () => {
    const { near, far, root, totals } = await joined();
    for (let call = 0; call < 5; call += 1) void root.add({ amount: 1 });
    await turn();
    near.handOver(far);
    await turn();
    expect(totals).toEqual([]);
  });
});

describe("many results in one piece", () => {
  for (const end of ["ended", "closed"] as const) {
    it(`all count when the road is ${end} in the same moment`, async () => {
      const { near, far, root } = await joined();
      const calls = Array.from({ length: CALLS }, () => root.add({ amount: 1 }));
      await turn();
      near.handOver(far);
      await turn();
      far.handOver(near);
      if (end === "ended") near.events?.ended("goodbye");
      else near.events?.closed(undefined);
      const totals = (await Promise.all(calls)).map(({ total }) => total);
      expect(totals.at(-1)).toBe(CALLS);
    });
  }
});
