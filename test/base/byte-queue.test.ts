import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteQueue } from "../../src/base/index.ts";

const chunksOf = (...texts: readonly string[]) => {
  const queue = new ByteQueue();
  for (const text of texts) queue.push(Buffer.from(text));
  return queue;
};
const text = (data: Uint8Array) => Buffer.from(data).toString();

describe("a byte queue", () => {
  it("gives back what was pushed, whatever the cuts", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 20 })),
        fc.array(fc.nat(30)),
        (chunks, cuts) => {
          const queue = new ByteQueue();
          for (const chunk of chunks) queue.push(chunk);
          const taken: Uint8Array[] = [];
          for (const cut of cuts) taken.push(queue.take(Math.min(cut, queue.length)));
          taken.push(queue.take(queue.length));
          expect(Buffer.concat(taken)).toEqual(Buffer.concat(chunks));
          expect(queue.length).toBe(0);
        },
      ),
    );
  });

  it("copies only what spans two chunks", () => {
    const chunk = Buffer.from("abcdef");
    const queue = new ByteQueue();
    queue.push(chunk);
    queue.push(Buffer.from("ghi"));
    expect(queue.take(4).buffer).toBe(chunk.buffer);
    expect(text(queue.take(4))).toBe("efgh");
    expect(text(queue.take(1))).toBe("i");
  });

  it("hands out a chunk's rest without a copy", () => {
    const queue = chunksOf("abc", "de");
    expect(text(queue.takeSome(2))).toBe("ab");
    expect(text(queue.takeSome(9))).toBe("c");
    expect(text(queue.takeSome(9))).toBe("de");
    expect(queue.takeSome(9).length).toBe(0);
  });

  it("refuses to give more than it has, and loses nothing by it", () => {
    const queue = chunksOf("abc", "de");
    expect(() => queue.take(6)).toThrow(RangeError);
    expect(queue.length).toBe(5);
    expect(text(queue.take(5))).toBe("abcde");
  });

  it("forgets spent chunks", () => {
    const queue = new ByteQueue();
    for (let round = 0; round < 5000; round += 1) {
      queue.push(Buffer.from("xy"));
      queue.push(Buffer.from("z"));
      expect(text(queue.take(2))).not.toBe("");
    }
    expect(queue.length).toBe(5000);
    expect(text(queue.take(3))).toHaveLength(3);
  });
});
