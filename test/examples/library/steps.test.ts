import { expect, it } from "vitest";
import { must, refusalOf, Steps } from "../../../src/examples/library/story/steps.ts";

function stepsOf(signal = new AbortController().signal) {
  const lines: string[] = [];
  return { lines, steps: new Steps({ print: (line) => lines.push(line), signal }) };
}

it("a step prints its number, its title and what happens, as it happens", async () => {
  const { lines, steps } = stepsOf();
  await steps.step("First", async (say) => {
    expect(lines).toEqual(["\n 1  First"]);
    say("member", "reads");
    await Promise.resolve();
  });
  expect(lines).toEqual(["\n 1  First", "    member     reads"]);
  expect(steps.count).toBe(1);
});

it("a step that does not happen ends the story", async () => {
  const { steps } = stepsOf();
  const missed = steps.step("First", async () => {
    await Promise.resolve();
    must(false, "the book is gone");
  });
  await expect(missed).rejects.toMatchObject({ code: "STEP_MISSED", message: "the book is gone" });
});

it("an interruption ends a step that waits for ever", async () => {
  const interrupted = new AbortController();
  const { steps } = stepsOf(interrupted.signal);
  const endless = steps.step("First", () => new Promise(() => {}));
  interrupted.abort();
  await expect(endless).rejects.toMatchObject({ code: "STEP_MISSED" });
  await expect(steps.step("Second", () => new Promise(() => {}))).rejects.toThrow(/interrupted/);
});

it("a refusal that does not come is a missed step", async () => {
  const refused = Promise.reject(Object.assign(new Error("no"), { code: "ON_LOAN" }));
  expect(await refusalOf(refused)).toEqual({ code: "ON_LOAN", message: "no" });
  await expect(refusalOf(Promise.resolve())).rejects.toMatchObject({ code: "STEP_MISSED" });
});
