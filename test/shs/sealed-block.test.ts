import { expect, it } from "vitest";
import { BLOCK_BYTES, reuse, sealedBlock } from "../../src/shs/sealed-block.ts";

/** Whether a block over this memory is handed out again; those that are stay in use. */
function comesBack(memory: ArrayBufferLike): boolean {
  return Array.from({ length: 40 }, () => sealedBlock(BLOCK_BYTES)).some(
    ({ buffer }) => buffer === memory,
  );
}

it("has the length asked for, long or short", () => {
  for (const length of [21, 16_383, 16_384, BLOCK_BYTES]) {
    expect(sealedBlock(length)).toHaveLength(length);
  }
});

it("is used again once given back, and not before", () => {
  const block = sealedBlock(20_000);
  expect(comesBack(block.buffer)).toBe(false);
  reuse(block);
  expect(comesBack(block.buffer)).toBe(true);
});

it("is used once, however often it was given back", () => {
  const block = sealedBlock(20_000);
  reuse(block);
  reuse(block);
  const [first, second] = [sealedBlock(20_000), sealedBlock(20_000)];
  expect(first.buffer).toBe(block.buffer);
  expect(second.buffer).not.toBe(block.buffer);
});

it("leaves bytes from elsewhere alone, even of a block's size", () => {
  const theirs = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  reuse(theirs);
  expect(comesBack(theirs.buffer)).toBe(false);
});
