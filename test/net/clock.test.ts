import { expect, it, onTestFinished, vi } from "vitest";
import { endOfTurn } from "../../src/net/index.ts";

it("a turn ends behind what is due in it, and waits for no timer", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval"] }); // whose time stands still
  onTestFinished(() => void vi.useRealTimers());
  const order: string[] = [];
  const over = new Promise<void>((resolve) => {
    endOfTurn(() => {
      order.push("the end");
      resolve();
    });
  });
  process.nextTick(() => order.push("a tick"));
  void Promise.resolve().then(() => order.push("a microtask"));
  await over;
  expect(order).toHaveLength(3);
  expect(order.at(-1)).toBe("the end");
});
