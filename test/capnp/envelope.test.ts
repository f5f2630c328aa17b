import fc from "fast-check";
import { concatBytes } from "../../src/base/index.ts";
import { describe, expect, it } from "vitest";
import {
  ContentBuilder,
  decodeMessage,
  encodeMessage,
  FrameReader,
  FrameWriter,
  ReceivedContent,
  SEGMENT_WORDS,
} from "handfast/capnp";
import type { CallMessage, Message } from "../../src/rpc/index.ts";
import { anyMessage, plainMessage } from "./message-arbitrary.ts";
import { comparable, oracleDecodes, oracleEncodes } from "./oracle.ts";
import { Named } from "./zoo.capnp.ts";

function bytesOf(...messages: Message[]): Uint8Array {
  const writer = new FrameWriter();
  for (const message of messages) writer.add(encodeMessage(message));
  return concatBytes(...writer.take());
}

function messagesIn(bytes: Uint8Array): Message[] {
  const reader = new FrameReader();
  reader.push(bytes);
  const messages: Message[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    messages.push(decodeMessage(next));
  }
  expect(reader.pendingBytes).toBe(0);
  return messages;
}

function messageIn(bytes: Uint8Array): Message {
  const [message, ...rest] = messagesIn(bytes);
  expect(rest).toEqual([]);
  return message!;
}

function call(content: CallMessage["params"]["content"]): CallMessage {
  return {
    is: "call",
    questionId: 7,
    target: { is: "importedCap", id: 3 },
    interfaceId: 0xd00dn,
    methodId: 2,
    params: { content, capTable: [] },
    sendResultsTo: "caller",
    allowThirdPartyTailCall: false,
    noPromisePipelining: false,
    onlyPromisePipeline: false,
  };
}

function named(name: string, envelope: "call" | "return" = "call"): ContentBuilder {
  const content = new ContentBuilder(envelope);
  content.fill(Named, { name });
  return content;
}

describe("the envelope codec", () => {
  it("writes what capnp-ts reads", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const bytes = bytesOf(message);
        expect(oracleDecodes(bytes)).toEqual(comparable(message));
      }),
      { numRuns: 400 },
    );
  });

  it("reads what capnp-ts writes", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(comparable(messageIn(oracleEncodes(message)))).toEqual(comparable(message));
      }),
      { numRuns: 400 },
    );
  });

  it("reads what it wrote, many messages in a row", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 20 }), (messages) => {
        expect(messagesIn(bytesOf(...messages)).map(comparable)).toEqual(messages.map(comparable));
      }),
    );
  });

  it("sends on a message that it has received", () => {
    fc.assert(
      fc.property(plainMessage, (message) => {
        const received = messageIn(bytesOf(message));
        expect(comparable(messageIn(bytesOf(received)))).toEqual(comparable(message));
      }),
    );
  });

  it("writes a call around its params, which never move", () => {
    const content = named("stays where it is");
    const { first } = content.arena;
    const arena = encodeMessage(call(content));
    expect(arena).toBe(content.arena);
    expect(arena.segments).toEqual([first]);
    expect((first.end - first.start) % 8).toBe(0);
    // The root pointer, Message, Call, MessageTarget and Payload, then Named and its text.
    expect((first.end - first.start) / 8).toBe(1 + 2 + 6 + 2 + 2 + 2 + 3);
  });

  it("writes the messages of one turn in one piece", () => {
    const writer = new FrameWriter();
    for (let i = 0; i < 5; i++) writer.add(encodeMessage(call(named(`call ${i}`))));
    writer.add(encodeMessage({ is: "release", id: 1, referenceCount: 1 }));
    expect(writer.take().length).toBeLessThanOrEqual(2); // two when a slab ends in between
  });

  it("copies content that has been sent before", () => {
    const content = named("twice");
    const once = bytesOf(call(content));
    expect(comparable(messageIn(bytesOf(call(content))))).toEqual(comparable(messageIn(once)));
  });

  it("never writes to a message again that is on its way", () => {
    const content = named("twice");
    const writer = new FrameWriter();
    writer.add(encodeMessage(call(content)));
    const [first] = writer.take();
    const before = Buffer.from(first!);
    writer.add(encodeMessage({ ...call(content), questionId: 8 }));
    expect(Buffer.compare(first!, before)).toBe(0);
    expect(messageIn(concatBytes(...writer.take()))).toMatchObject({ questionId: 8 });
  });

  it("charges for a copy to nobody", () => {
    const content = named("sent on").asReceived();
    const { budgetWords } = content.segment.arena;
    bytesOf(call(content));
    expect(content.segment.arena.budgetWords).toBe(budgetWords);
  });

  it("copies content that was built for another envelope", () => {
    const bytes = bytesOf(call(named("results as params", "return")));
    expect(oracleDecodes(bytes)).toMatchObject({ params: { content: "results as params" } });
  });

  it("sends a content of the core's own: one capability", () => {
    const content = { sizeWords: 1, capabilityAt: () => 0 };
    const message = messageIn(bytesOf(call(content)));
    expect((message as CallMessage).params.content.capabilityAt([])).toBe(0);
  });
});

it("says in Bootstrap that we keep results, and others read it as they always have", () => {
  const message = { is: "bootstrap", questionId: 5, keepsResults: true } as const;
  const bytes = bytesOf(message);
  expect(messageIn(bytes)).toEqual(message);
  expect(oracleDecodes(bytes)).toEqual({ ...message, keepsResults: false });
  const note = bytes.length - 2 * 8; // before a pointer
  bytes[note] = bytes[note]! ^ 1;
  expect(messageIn(bytes)).toEqual({ ...message, keepsResults: false });
});

describe("what it does not know", () => {
  const raw = (kind: number) => {
    const bytes = bytesOf({ is: "bootstrap", questionId: 5 });
    new DataView(bytes.buffer).setUint16(16, kind, true);
    return bytes;
  };

  it("is echoed whole", () => {
    const unknown = messageIn(raw(77));
    expect(unknown).toMatchObject({ is: "unknown", kind: 77 });
    const echo = bytesOf({ is: "unimplemented", message: unknown });
    expect(messageIn(echo)).toMatchObject({
      is: "unimplemented",
      message: { is: "unknown", kind: 77 },
    });
    new DataView(echo.buffer, echo.byteOffset).setUint16(32, 8, true);
    expect(messageIn(echo)).toEqual({
      is: "unimplemented",
      message: { is: "bootstrap", questionId: 5, keepsResults: false },
    });
  });

  it("is echoed as no more than its kind and fields when its pointers meet again", () => {
    // A message of kind 77 with one word of fields, and three lists of 64 pointers to the next.
    const words = [0x0001_0001_0000_0000n, 77n, 0x0001_0001_0000_0000n, 0xfeedn];
    const listOf = (at: number, to: number, count: number) =>
      (BigInt((count << 3) | 6) << 32n) | BigInt(((to - at - 1) << 2) | 1);
    words.push(listOf(4, 5, 64));
    for (const next of [69, 133, 197]) {
      for (let i = 0; i < 64; i += 1)
        words.push(listOf(words.length, next, next === 197 ? 20 : 64));
    }
    words.push(...Array.from({ length: 20 }, () => 0n));
    const bytes = new Uint8Array(8 + words.length * 8);
    const view = new DataView(bytes.buffer);
    view.setUint32(4, words.length, true);
    words.forEach((word, at) => view.setBigUint64(8 + at * 8, word, true));
    const unknown = messageIn(bytes);
    expect(unknown).toMatchObject({ is: "unknown", kind: 77 });
    const echo = bytesOf({ is: "unimplemented", message: unknown });
    expect(echo.length).toBeLessThan(100);
    const echoed = messageIn(echo);
    expect(echoed).toMatchObject({ is: "unimplemented", message: { is: "unknown", kind: 77 } });
    expect(new DataView(echo.buffer, echo.byteOffset).getUint16(echo.length - 8, true)).toBe(
      0xfeed,
    );
  });

  it("is echoed without its parameters when it is a large call", () => {
    const large = { ...call(named("x".repeat(5000))), sendResultsTo: "thirdParty" } as const;
    const echo = bytesOf({ is: "unimplemented", message: messageIn(bytesOf(large)) });
    expect(echo.length).toBeLessThan(300);
    expect(messageIn(echo)).toMatchObject({ is: "unimplemented", message: { questionId: 7 } });
  });

  it.each([7, 9, 10, 11, 12])("includes Level 3 and obsolete messages: %i", (kind) => {
    expect(messageIn(raw(kind))).toMatchObject({ is: "unknown", kind });
  });

  it("makes a call unknown when it is in its target", () => {
    const bytes = bytesOf(call(named("x")));
    new DataView(bytes.buffer).setUint16(8 + 8 + 16 + 48 + 4, 9, true);
    expect(messageIn(bytes)).toMatchObject({ is: "unknown", kind: 2 });
  });
});

it("a received payload counts the segments of its message, however short they are", () => {
  const [plain] = messagesIn(bytesOf(call(named("x"))));
  const framed = bytesOf(call(named("x")));
  const table = new Uint8Array(8 + 4 * 510);
  new DataView(table.buffer).setUint32(0, 510, true); // more segments, all empty
  table.set(framed.subarray(4, 8), 4);
  const many = messageIn(concatBytes(table, framed.subarray(8)));
  const wordsOf = (message?: Message) => (message as CallMessage).params.content.sizeWords;
  expect(wordsOf(many)).toBe(wordsOf(plain) + 510 * SEGMENT_WORDS);
});

describe("the path to a capability", () => {
  it("leads through pointer fields, and to nothing when one is null", () => {
    const content = ContentBuilder.ofCapability("return", 6);
    expect(content.capabilityAt([])).toBe(6);
    expect(() => content.capabilityAt([0])).toThrow("no capability there");
    expect(named("text").capabilityAt([5, 1])).toBeUndefined();
    expect(() => named("text").capabilityAt([0])).toThrow("no capability there");
    expect(new ContentBuilder("call").capabilityAt([1, 2])).toBeUndefined();
  });

  it("costs nothing of the budget for reading", () => {
    const content = named("text").asReceived();
    const { budgetWords } = content.segment.arena;
    expect(content.capabilityAt([3])).toBeUndefined();
    expect(content.segment.arena.budgetWords).toBe(budgetWords);
    expect(content).toBeInstanceOf(ReceivedContent);
  });
});
