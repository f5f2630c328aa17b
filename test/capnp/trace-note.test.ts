import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/base/index.ts";
import {
  ContentBuilder,
  decodeMessage,
  encodeMessage,
  FrameReader,
  FrameWriter,
} from "../../src/capnp/index.ts";
import { type CallMessage, type Message, type TraceContext } from "../../src/rpc/index.ts";
import { Counter } from "../support/counter.capnp.ts";
import { definitionOf } from "../../src/objects/index.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

function callWith(trace: TraceContext | undefined): CallMessage {
  const content = new ContentBuilder("call");
  const method = definitionOf(Counter).methods.get(Counter.id)?.[4];
  content.fill(method!.params, { how: "now" });
  return {
    is: "call",
    questionId: 7,
    target: { is: "promisedAnswer", answer: { questionId: 3, transform: [1, 2] } },
    interfaceId: Counter.id,
    methodId: 4,
    params: { content, capTable: [{ is: "senderHosted", id: 5 }] },
    sendResultsTo: "caller",
    allowThirdPartyTailCall: false,
    noPromisePipelining: false,
    onlyPromisePipeline: false,
    trace,
  };
}

function bytesOf(message: Message): Uint8Array {
  const writer = new FrameWriter();
  writer.add(encodeMessage(message));
  return concatBytes(...writer.take());
}

function decoded(bytes: Uint8Array): Message {
  const reader = new FrameReader();
  reader.push(bytes);
  return decodeMessage(reader.next()!);
}

function roundTrip(trace: TraceContext | undefined): CallMessage {
  const message = decoded(bytesOf(callWith(trace)));
  if (message.is !== "call") throw new Error(`it came back as ${message.is}`);
  return message;
}

describe("the trace of a call", () => {
  it("comes through, and so does everything else", () => {
    const trace = { traceparent: TRACEPARENT, tracestate: "vendor=1" };
    const { params, ...rest } = roundTrip(trace);
    const { params: plainParams, ...plain } = roundTrip(undefined);
    expect(rest).toEqual({ ...plain, trace });
    expect(params.capTable).toEqual(plainParams.capTable);
    expect(plain.trace).toBeUndefined();
  });

  it("costs a call without one nothing on the wire", () => {
    expect(bytesOf(callWith(undefined)).length).toBeLessThan(
      bytesOf(callWith({ traceparent: TRACEPARENT })).length,
    );
  });

  it.each([
    ["is no header", "hello"],
    ["has a zero trace id", `00-${"0".repeat(32)}-b7ad6b7169203331-01`],
    ["has a zero span id", `00-0af7651916cd43dd8448eb211c80319c-${"0".repeat(16)}-01`],
    ["has the forbidden version", TRACEPARENT.replace(/^00/, "ff")],
    ["is in capitals", TRACEPARENT.toUpperCase()],
    ["would forge a line of a log", `${TRACEPARENT.slice(0, -1)}\n`],
    ["is as long as a message may be", TRACEPARENT + "0".repeat(1 << 20)],
  ])("is passed over when it %s, and the call goes on", (_, traceparent) => {
    expect(roundTrip({ traceparent })).toMatchObject({ is: "call", trace: undefined });
  });

  it.each([
    ["is longer than everybody must pass on", "a=".padEnd(513, "x")],
    ["is not printable ASCII", "a=\u0007"],
  ])("loses a state that %s", (_, tracestate) => {
    expect(roundTrip({ traceparent: TRACEPARENT, tracestate }).trace).toEqual({
      traceparent: TRACEPARENT,
    });
  });

  it("whatever a peer puts into its place, is a call without a trace or no message at all", () => {
    const good = bytesOf(callWith({ traceparent: TRACEPARENT }));
    let traced = 0;
    for (let at = 8; at < good.length; at += 1) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const bad = Uint8Array.from(good);
        bad[at]! ^= flip;
        try {
          const message = decoded(bad);
          if (message.is === "call" && message.trace !== undefined) {
            traced += 1;
            expect(message.trace.traceparent).toMatch(/^[0-9a-f-]{55}$/);
          }
        } catch (error) {
          expect(error).toMatchObject({ name: "CapnpError" });
        }
      }
    }
    expect(traced).toBeGreaterThan(0);
  });
});
