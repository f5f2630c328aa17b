import fc from "fast-check";
import {
  encode,
  FrameReader,
  MAX_MESSAGE_BYTES,
  MAX_SEGMENTS,
  ReceivedContent,
} from "handfast/capnp";
import { describe, expect, it } from "vitest";
import { frameBytes, readFrame } from "../../src/capnp/framing.ts";
import { type Arena, bufferOf, viewOf } from "../../src/capnp/segment.ts";
import { Named } from "./zoo.capnp.ts";

/** A message of these segments, each of so many words, all bytes telling which segment it is. */
function frame(sizes: readonly number[]): Buffer {
  const table = Buffer.alloc(Math.ceil((1 + sizes.length) / 2) * 8);
  table.writeUInt32LE(sizes.length - 1, 0);
  sizes.forEach((words, id) => table.writeUInt32LE(words, 4 + id * 4));
  return Buffer.concat([
    table,
    ...sizes.map((words, id) => Buffer.alloc(words * 8, 1 + (id % 250))),
  ]);
}

/** A message of one segment, filled with this byte. */
function frameOf(words: number, byte: number): Buffer {
  const framed = Buffer.alloc(8 + words * 8, byte);
  framed.writeUInt32LE(0, 0);
  framed.writeUInt32LE(words, 4);
  return framed;
}

const sizesOf = (arena: Arena) => arena.segments.map(({ start, end }) => (end - start) / 8);

/** What comes out of a stream that arrives in these chunks. */
function read(chunks: readonly Uint8Array[], reader = new FrameReader()): number[][] {
  const messages: number[][] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      for (const [id, { bytes, start, end }] of next.segments.entries()) {
        expect(bytes.subarray(start, end).every((byte) => byte === 1 + (id % 250))).toBe(true);
      }
      messages.push(sizesOf(next));
    }
  }
  return messages;
}

const anyStream = fc.array(
  fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 6 }),
  { maxLength: 8 },
);

describe("a stream of messages", () => {
  it("is cut the same however it arrives", () => {
    fc.assert(
      fc.property(anyStream, fc.array(fc.integer({ min: 1, max: 300 })), (messages, lengths) => {
        const stream = Buffer.concat(messages.map(frame));
        const chunks: Buffer[] = [];
        let at = 0;
        for (const length of lengths) chunks.push(stream.subarray(at, (at += length)));
        chunks.push(stream.subarray(at));
        expect(read(chunks)).toEqual(messages);
      }),
    );
  });

  it("is cut the same byte by byte", () => {
    fc.assert(
      fc.property(anyStream, (messages) => {
        const stream = Buffer.concat(messages.map(frame));
        const reader = new FrameReader();
        expect(
          read(
            Array.from(stream, (byte) => Uint8Array.of(byte)),
            reader,
          ),
        ).toEqual(messages);
        expect(reader.pendingBytes).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it("says how much of a message it lacks the rest of", () => {
    const stream = frame([3, 1]);
    for (let cut = 0; cut < stream.length; cut++) {
      const reader = new FrameReader();
      expect(read([stream.subarray(0, cut)], reader)).toEqual([]);
      expect(reader.pendingBytes).toBe(cut);
    }
  });

  it("is read where it lies when a message came whole", () => {
    const chunk = Buffer.concat([frame([2]), Buffer.from(encode(Named, { name: "here" }))]);
    const reader = new FrameReader();
    reader.push(chunk);
    expect(reader.next()?.segments[0]?.bytes).toBe(chunk);
    expect(reader.next()?.segments[0]?.view.buffer).toBe(chunk.buffer);
  });

  it("leaves every message as it came, whatever comes after it and wherever it is told to lie", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12_000 }), { minLength: 2, maxLength: 8 });
    const cuts = fc.array(fc.integer({ min: 1, max: 130_000 }), { minLength: 1 });
    fc.assert(
      fc.property(sizes, cuts, fc.boolean(), (words, lengths, detached) => {
        const reader = new FrameReader();
        const whole = Buffer.concat(words.map((size, at) => frameOf(size, 1 + at)));
        const messages: Arena[] = [];
        for (let at = 0, cut = 0; at < whole.length; cut += 1) {
          const chunk = whole.subarray(at, at + lengths[cut % lengths.length]!);
          const room = reader.room(chunk.length);
          room?.set(chunk);
          reader.push(room?.subarray(0, chunk.length) ?? Buffer.from(chunk));
          at += chunk.length;
          for (;;) {
            const message = reader.next(detached);
            if (message === undefined) break;
            messages.push(message);
          }
        }
        for (const [at, { segments }] of messages.entries()) {
          const [{ bytes, start, end } = segments[0]!] = segments;
          expect(bytes.subarray(start, end).equals(Buffer.alloc(words[at]! * 8, 1 + at))).toBe(
            true,
          );
        }
        expect(messages).toHaveLength(words.length);
      }),
      { numRuns: 60 },
    );
  });

  it("may hold a message much larger than a chunk", () => {
    const name = "x".repeat(3_000_000);
    const stream = Buffer.from(encode(Named, { name }));
    const reader = new FrameReader();
    let message: Arena | undefined;
    for (let at = 0; at < stream.length; at += 50_000) {
      reader.push(stream.subarray(at, at + 50_000));
      message ??= reader.next();
    }
    const [first] = message!.segments;
    expect(new ReceivedContent(first!, first!.start, 64).root(Named).name === name).toBe(true);
    expect(readFrame(viewOf(stream), bufferOf(stream), 0).sizeWords).toBe(message!.sizeWords);
  });
});

/** Opens a stream as a road does: each piece is written to the room that the reader has for it. */
function readInRooms(reader: FrameReader, stream: Buffer, lengths: readonly number[]) {
  const messages: Arena[] = [];
  const rooms = new Set<ArrayBufferLike>();
  let at = 0;
  for (const length of [...lengths, stream.length]) {
    const piece = stream.subarray(at, (at += length));
    if (piece.length === 0) break;
    const room = reader.room(piece.length);
    if (room !== undefined) rooms.add(room.buffer);
    if (room === undefined) reader.push(Buffer.from(piece));
    else {
      expect(room.length).toBeGreaterThanOrEqual(piece.length);
      room.set(piece);
      reader.push(room.subarray(0, piece.length));
    }
    for (let next = reader.next(); next !== undefined; next = reader.next()) messages.push(next);
  }
  return { messages, rooms };
}

describe("a stream that is opened where the reader has room", () => {
  it("is cut the same, and no message is written to once it was handed out", () => {
    const anySize = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20_000 }));
    const anyLength = fc.oneof(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 70_000 }),
    );
    fc.assert(
      fc.property(fc.array(anySize, { maxLength: 6 }), fc.array(anyLength), (sizes, lengths) => {
        const frames = sizes.map((words, i) => frame([words]).fill(i + 1, 8));
        const reader = new FrameReader();
        const { messages } = readInRooms(reader, Buffer.concat(frames), lengths);
        expect(messages.map(sizesOf)).toEqual(sizes.map((words) => [words]));
        for (const [i, { segments }] of messages.entries()) {
          for (const { bytes, start, end } of segments) {
            expect(bytes.subarray(start, end).every((byte) => byte === i + 1)).toBe(true);
          }
        }
        expect(reader.pendingBytes).toBe(0);
      }),
    );
  });

  it("comes to lie in the message itself", () => {
    const stream = frame([100_000]);
    const { messages, rooms } = readInRooms(new FrameReader(), stream, [600_000, 100_000]);
    expect([...rooms]).toEqual([messages[0]?.segments[0]?.view.buffer]);
  });

  it("needs no memory of its own when several messages come in one piece", () => {
    const stream = Buffer.concat([1, 2, 3, 4].map(() => frame([6000]))).subarray(0, 160_000);
    const { rooms } = readInRooms(new FrameReader(), stream, [40_000, 60_000, 60_000]);
    expect(rooms.size).toBe(1);
  });

  it("is expected to have another large message after a large one, which stays where it was opened", () => {
    const size = 8204; // of 64 KiB of Data in a call: two records each
    const reader = new FrameReader();
    const [first, ...others] = [1, 2, 3, 4].map((fill) => frame([size]).fill(fill, 8));
    readInRooms(reader, Buffer.concat([first!]), [65_536]);
    for (const other of others) {
      const small = frame([2]); // such as a finish
      const { messages, rooms } = readInRooms(reader, Buffer.concat([small, other]), [65_536]);
      expect(rooms.size).toBe(1);
      expect(messages.map(sizesOf)).toEqual([[2], [size]]);
      expect([...rooms]).toEqual([messages[1]?.segments[0]?.bytes.buffer]);
      expect(messages[0]?.segments[0]?.bytes.buffer).not.toBe([...rooms][0]); // keeps 8 bytes alive
    }
  });

  it("lends no room again that a message stays in, and no other than the one that it lent last", () => {
    const reader = new FrameReader();
    const frames = [1, 2, 3, 4].map((fill) => frame([3000]).fill(fill, 8));
    const read = frames.map((whole) => readInRooms(reader, whole, [whole.length]));
    for (const [at, { messages }] of read.entries()) {
      const { bytes, start, end } = messages[0]!.segments[0]!;
      expect(bytes.subarray(start, end).equals(Buffer.alloc(24_000, at + 1))).toBe(true);
    }
    expect(new Set(read.flatMap(({ rooms }) => [...rooms])).size).toBe(3);
    expect(reader.room(20_000)).toBe(reader.room(20_000));
  });

  it("is expected to have none once none came, and never reserves for more than a beginning", () => {
    const reader = new FrameReader();
    readInRooms(reader, frame([100_000]), [65_536]);
    expect(reader.room(65_536)?.length).toBeLessThan(300_000);
    const small = Buffer.concat(Array.from({ length: 40 }, () => frame([100])));
    expect(readInRooms(reader, small, [20_000]).rooms.size).toBe(1);
    expect(reader.room(65_536)).toBeUndefined();
  });

  it("has no room for small messages, which stay in the chunk", () => {
    const reader = new FrameReader();
    reader.push(frame([100]).subarray(0, 50));
    reader.next();
    expect(reader.room(1000)).toBeUndefined();
  });

  it("lends the same room to one reader at a time", () => {
    const [one, two] = [new FrameReader(), new FrameReader()];
    for (const reader of [one, two]) {
      reader.push(frame([6000]).subarray(0, 40_000));
      reader.next();
    }
    const [first, second] = [one.room(60_000), two.room(60_000)];
    expect(first?.buffer).not.toBe(second?.buffer);
  });
});

describe("a detached message", () => {
  const small = frame([2]);

  it("keeps nothing of its chunk alive but itself", () => {
    const reader = new FrameReader();
    reader.push(Buffer.concat([small, frame([100]), small]));
    const [first, large, last] = [reader.next(true), reader.next(true), reader.next(true)];
    expect(sizesOf(first!)).toEqual([2]);
    expect(sizesOf(last!)).toEqual([2]);
    for (const { segments } of [first!, last!]) {
      expect(segments[0]!.bytes.length).toBe(small.length);
      expect(segments[0]!.view.byteLength).toBe(small.length);
      expect(segments[0]!.bytes.subarray(8).every((byte) => byte === 1)).toBe(true);
    }
    expect(large!.segments[0]!.bytes.length).toBeGreaterThan(100 * 8 + 8); // most of its chunk
  });
});

describe("a frame that announces too much", () => {
  const announcing = (...words: number[]) => Buffer.from(Uint32Array.from(words).buffer);
  const refusal = (code: string): unknown => expect.objectContaining({ code, blame: "peer" });

  it.each([MAX_SEGMENTS, 0xffff_ffff])("is refused at its first word: %i more segments", (more) => {
    expect(() => read([announcing(more)])).toThrow(refusal("TOO_MANY_SEGMENTS"));
  });

  it.each([MAX_MESSAGE_BYTES / 8, 0xffff_ffff])(
    "is refused before it is there: %i words",
    (words) => {
      expect(() => read([announcing(0, words)])).toThrow(refusal("MESSAGE_TOO_LARGE"));
      expect(() => read([announcing(1, 1, words, 0)])).toThrow(refusal("MESSAGE_TOO_LARGE"));
    },
  );

  it("is refused byte by byte just the same", () => {
    const bytes = Array.from(announcing(0, 0xffff_ffff), (byte) => Uint8Array.of(byte));
    expect(() => read(bytes)).toThrow(refusal("MESSAGE_TOO_LARGE"));
  });

  it("costs only what has arrived of it", () => {
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 50 }, () => {
      const reader = new FrameReader();
      expect(read([announcing(0, MAX_MESSAGE_BYTES / 8 - 1)], reader)).toEqual([]);
      return reader;
    });
    expect(readers.length).toBe(50);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 2 ** 20);
  });

  it("may be allowed less, or more", () => {
    const bytes = frame([100]);
    expect(() => read([bytes], new FrameReader({ maxBytes: 807 }))).toThrow(
      refusal("MESSAGE_TOO_LARGE"),
    );
    expect(read([bytes], new FrameReader({ maxBytes: 808 }))).toEqual([[100]]);
    expect(frameBytes(viewOf(bytes), 0, bytes.length, 808)).toBe(808);
  });

  it("may be of the most segments that are accepted", () => {
    const sizes = Array.from({ length: MAX_SEGMENTS }, (_, id) => id % 3);
    expect(read([frame(sizes)])).toEqual([sizes]);
  });
});
