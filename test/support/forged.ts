import { type Message, NO_CAPS } from "../../src/rpc/index.ts";
import { TestContent } from "./test-content.ts";

type Kind<K extends Message["is"]> = Extract<Message, { is: K }>;

/** Messages that no honest peer of ours would send; each with what matters overridden. */
export const forged = {
  call: (overrides: Partial<Kind<"call">> = {}): Message => ({
    is: "call",
    questionId: 7,
    target: { is: "importedCap", id: 0 },
    interfaceId: 1n,
    methodId: 0,
    params: PAYLOAD,
    sendResultsTo: "caller",
    allowThirdPartyTailCall: false,
    noPromisePipelining: false,
    onlyPromisePipeline: false,
    ...overrides,
  }),
  return: (overrides: Partial<Kind<"return">> = {}): Message => ({
    is: "return",
    answerId: 99,
    releaseParamCaps: false,
    noFinishNeeded: false,
    outcome: { is: "results", payload: PAYLOAD },
    ...overrides,
  }),
  finish: (overrides: Partial<Kind<"finish">> = {}): Message => ({
    is: "finish",
    questionId: 99,
    releaseResultCaps: true,
    requireEarlyCancellationWorkaround: false,
    ...overrides,
  }),
};

const PAYLOAD = { content: new TestContent("forged"), capTable: NO_CAPS };
