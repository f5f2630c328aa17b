/** Arbitrary rpc.capnp messages. A payload's content is a `Named`, whose name says which it is. */
import fc from "fast-check";
import { ContentBuilder, type Envelope } from "handfast/capnp";
import type {
  CapDescriptor,
  Exception,
  Message,
  MessageTarget,
  PromisedAnswer,
  ReturnOutcome,
  WirePayload,
} from "../../src/rpc/index.ts";
import { Named } from "./zoo.capnp.ts";

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

const promisedAnswer: fc.Arbitrary<PromisedAnswer> = fc.record({
  questionId: u32,
  transform: fc.array(u16, { maxLength: 5 }),
});

const target: fc.Arbitrary<MessageTarget> = fc.oneof(
  fc.record({ is: fc.constant("importedCap" as const), id: u32 }),
  fc.record({ is: fc.constant("promisedAnswer" as const), answer: promisedAnswer }),
);

const cap: fc.Arbitrary<CapDescriptor> = fc.oneof(
  fc.constant({ is: "none" as const }),
  fc.record({
    is: fc.constantFrom(
      "senderHosted" as const,
      "senderPromise" as const,
      "receiverHosted" as const,
    ),
    id: u32,
  }),
  fc.record({ is: fc.constant("receiverAnswer" as const), answer: promisedAnswer }),
  fc.record({ is: fc.constant("thirdPartyHosted" as const), vineId: u32 }),
);

const exception: fc.Arbitrary<Exception> = fc.record({
  kind: fc.constantFrom("failed", "overloaded", "disconnected", "unimplemented"),
  reason: fc.string({ unit: "grapheme", maxLength: 40 }),
  trace: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
});

function payload(envelope: Envelope): fc.Arbitrary<WirePayload> {
  return fc
    .record({ name: fc.string({ maxLength: 60 }), capTable: fc.array(cap, { maxLength: 4 }) })
    .map(({ name, capTable }) => {
      const content = new ContentBuilder(envelope);
      content.fill(Named, { name });
      return { content, capTable };
    });
}

const outcome: fc.Arbitrary<ReturnOutcome> = fc.oneof(
  fc.record({ is: fc.constant("results" as const), payload: payload("return") }),
  fc.record({ is: fc.constant("exception" as const), exception }),
  fc.constant({ is: "canceled" as const }),
  fc.constant({ is: "resultsSentElsewhere" as const }),
  fc.record({ is: fc.constant("takeFromOtherQuestion" as const), questionId: u32 }),
);

/** Every kind of message but `unimplemented`, which wraps another. */
export const plainMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ is: fc.constant("abort" as const), exception }),
  fc.record({
    is: fc.constant("bootstrap" as const),
    questionId: u32,
    keepsResults: fc.constant(false), // which only we know of
  }),
  fc.record({
    is: fc.constant("call" as const),
    questionId: u32,
    target,
    interfaceId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    methodId: u16,
    params: payload("call"),
    sendResultsTo: fc.constantFrom("caller" as const, "yourself" as const),
    allowThirdPartyTailCall: fc.boolean(),
    noPromisePipelining: fc.boolean(),
    onlyPromisePipeline: fc.boolean(),
  }),
  fc.record({
    is: fc.constant("return" as const),
    answerId: u32,
    releaseParamCaps: fc.boolean(),
    noFinishNeeded: fc.boolean(),
    outcome,
  }),
  fc.record({
    is: fc.constant("finish" as const),
    questionId: u32,
    releaseResultCaps: fc.boolean(),
    requireEarlyCancellationWorkaround: fc.boolean(),
  }),
  fc.record({
    is: fc.constant("resolve" as const),
    promiseId: u32,
    resolution: fc.oneof(
      fc.record({ is: fc.constant("cap" as const), cap }),
      fc.record({ is: fc.constant("exception" as const), exception }),
    ),
  }),
  fc.record({ is: fc.constant("release" as const), id: u32, referenceCount: u32 }),
  fc.record({
    is: fc.constant("disembargo" as const),
    target,
    context: fc.record({
      is: fc.constantFrom("senderLoopback" as const, "receiverLoopback" as const),
      embargoId: u32,
    }),
  }),
);

export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  { weight: 5, arbitrary: plainMessage },
  fc.record({ is: fc.constant("unimplemented" as const), message: plainMessage }),
);
