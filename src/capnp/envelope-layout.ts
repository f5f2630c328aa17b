/**
 * The structs of rpc.capnp: their sizes in words (data, pointers), and where their fields lie.
 * Names are the schema's; an offset counts bytes of the data section, or bits for a Bool.
 */
export const Size = {
  Message: [1, 1],
  Bootstrap: [1, 1],
  /** With what we say of ourselves (`bootstrap-note.ts`). */
  NotedBootstrap: [2, 1],
  Call: [3, 3],
  /** With a trace behind it (`trace-note.ts`). */
  TracedCall: [3, 4],
  Return: [2, 1],
  Finish: [1, 0],
  Resolve: [1, 1],
  Release: [1, 0],
  Disembargo: [1, 1],
  MessageTarget: [1, 1],
  Payload: [0, 2],
  CapDescriptor: [1, 1],
  PromisedAnswer: [1, 1],
  Op: [1, 0],
  ThirdPartyCapDescriptor: [1, 1],
  Exception: [1, 3],
  Detail: [1, 1],
} as const satisfies Record<string, readonly [number, number]>;

/** `Message`'s union, at byte 0; its member is pointer 0. */
export const MessageTag = {
  unimplemented: 0,
  abort: 1,
  call: 2,
  return: 3,
  finish: 4,
  resolve: 5,
  release: 6,
  bootstrap: 8,
  disembargo: 13,
} as const;

/** `Call.sendResultsTo`, at byte 6. */
export const SENDS_RESULTS_TO = ["caller", "yourself", "thirdParty"] as const;

/** `Return`'s union, at byte 6. */
export const ReturnTag = {
  results: 0,
  exception: 1,
  canceled: 2,
  resultsSentElsewhere: 3,
  takeFromOtherQuestion: 4,
} as const;

/** `Resolve`'s union, at byte 4. */
export const ResolveTag = { cap: 0, exception: 1 } as const;

/** `Disembargo.context`, at byte 4; its value at byte 0. */
export const DisembargoTag = { senderLoopback: 0, receiverLoopback: 1 } as const;

/** `MessageTarget`'s union, at byte 4. */
export const TargetTag = { importedCap: 0, promisedAnswer: 1 } as const;

/** `CapDescriptor`'s union, at byte 0. */
export const CapTag = {
  none: 0,
  senderHosted: 1,
  senderPromise: 2,
  receiverHosted: 3,
  receiverAnswer: 4,
  thirdPartyHosted: 5,
} as const;

/** `PromisedAnswer.Op`'s union, at byte 0. */
export const OpTag = { noop: 0, getPointerField: 1 } as const;

/** `Exception.Type` in the order of its numbers. */
export const EXCEPTION_KINDS = ["failed", "overloaded", "disconnected", "unimplemented"] as const;
