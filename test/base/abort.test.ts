import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { whenAborted } from "../../src/base/index.ts";

describe("a signal", () => {
  it("tells everybody once, in the order in which they came, and has one listener", () => {
    const { signal, abort } = controlled();
    const told: number[] = [];
    for (let index = 0; index < 20; index += 1) whenAborted(signal, () => told.push(index));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    abort();
    abort();
    expect(told).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it("tells whoever comes too late at once", () => {
    const { signal, abort } = controlled();
    abort();
    let told = 0;
    whenAborted(signal, () => (told += 1))();
    expect(told).toBe(1);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("has no listener once nobody listens, and one again when somebody does", () => {
    const { signal, abort } = controlled();
    const told: string[] = [];
    const hear = () => told.push("the same");
    const stops = [whenAborted(signal, hear), whenAborted(signal, hear)];
    stops[0]!();
    stops[0]!();
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    stops[1]!();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    whenAborted(signal, () => told.push("later"));
    stops[1]!();
    abort();
    expect(told).toEqual(["later"]);
  });
});

function controlled() {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: () => {
      controller.abort();
    },
  };
}
