import { expect, it } from "vitest";
import { type SecureSocket } from "../../src/net/index.ts";
import { Traffic } from "../../src/tunnel/traffic.ts";

/** As much of a road as is followed; it ends when the test says so. */
function followed(traffic: Traffic) {
  let cuts = 0;
  const counters = { sentBytes: 0, receivedBytes: 0 };
  const road = { counters, destroy: () => (cuts += 1) } as unknown as SecureSocket; // the rest unused
  let end: (error: undefined) => void = () => {};
  const over = new Promise<undefined>((resolve) => (end = resolve));
  const told = traffic.follow(road, over);
  return {
    get cuts() {
      return cuts;
    },
    end: () => {
      end(undefined);
      return told;
    },
  };
}

it("what is dialled when the grace is over is given up, and cut when it comes nevertheless", async () => {
  const traffic = new Traffic();
  const first = followed(traffic);
  const closing = traffic.end(0);
  expect([first.cuts, traffic.signal.aborted]).toEqual([0, false]);
  while (first.cuts === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(traffic.signal.aborted).toBe(true); // which dials are given
  const late = followed(traffic);
  expect(late.cuts).toBe(1);
  await Promise.all([first.end(), late.end()]);
  await closing;
  expect(traffic.stats).toMatchObject({ joined: 2, open: 0 });
});
