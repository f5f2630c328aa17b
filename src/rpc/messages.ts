import { type TraceContext } from "./trace-context.ts";

/**
 * The messages of rpc.capnp as values. Ids are those of the wire: in a message that was received,
 * `questionId` names an answer of ours, and so on; `connection.ts` brands them once it knows.
 */

/** The bytes of a params or results struct, opaque to this floor. */
export interface Content {
  /** Size in 8-byte words, for the limits on what is in flight. */
  readonly sizeWords: number;
  /**
   * The index in the capability table that `path` leads to; `undefined` for a null pointer.
   * Throws `RpcError` `failed` when the path ends at something other than a capability.
   */
  capabilityAt(path: Path): number | undefined;
}

/** From the root of a struct to one pointer in it: pointer indices (rpc.capnp PromisedAnswer.Op). */
export type Path = readonly number[];

export interface PromisedAnswer {
  readonly questionId: number;
  readonly transform: Path;
}

export type MessageTarget =
  | { readonly is: "importedCap"; readonly id: number }
  | { readonly is: "promisedAnswer"; readonly answer: PromisedAnswer };

export type CapDescriptor =
  | { readonly is: "none" }
  | { readonly is: "senderHosted"; readonly id: number }
  | { readonly is: "senderPromise"; readonly id: number }
  | { readonly is: "receiverHosted"; readonly id: number }
  | { readonly is: "receiverAnswer"; readonly answer: PromisedAnswer }
  /** Level 3: we hold on to the vine and never contact the third party. */
  | { readonly is: "thirdPartyHosted"; readonly vineId: number }
  /** A kind this library does not know; the capability is broken. */
  | { readonly is: "unknown" };

export interface WirePayload {
  readonly content: Content;
  readonly capTable: readonly CapDescriptor[];
}

/** The four kinds of rpc.capnp Exception.Type; what an unknown one means is `failed`. */
export type ExceptionKind = "failed" | "overloaded" | "disconnected" | "unimplemented";

export interface Exception {
  readonly kind: ExceptionKind;
  readonly reason: string;
  readonly trace?: string | undefined;
  /** Version 2 of the schema has them; peers of version 1 drop them. */
  readonly details?: readonly ExceptionDetail[] | undefined;
}

/** Data about a failure for programs (rpc.capnp Exception.Detail): what it is, and its bytes. */
export interface ExceptionDetail {
  readonly id: bigint;
  readonly data: Uint8Array;
}

export interface BootstrapMessage {
  readonly is: "bootstrap";
  readonly questionId: number;
  /**
   * Whether the sender keeps results when it is asked to (Call.sendResultsTo.yourself): beside
   * rpc.capnp, in a field that peers who do not know it pass over.
   */
  readonly keepsResults?: boolean | undefined;
}

export type SendResultsTo = "caller" | "yourself" | "thirdParty";

export interface CallMessage {
  readonly is: "call";
  readonly questionId: number;
  readonly target: MessageTarget;
  readonly interfaceId: bigint;
  readonly methodId: number;
  readonly params: WirePayload;
  readonly sendResultsTo: SendResultsTo;
  readonly allowThirdPartyTailCall: boolean;
  readonly noPromisePipelining: boolean;
  readonly onlyPromisePipeline: boolean;
  /** Beside rpc.capnp, in a field that peers who do not know it pass over. */
  readonly trace?: TraceContext | undefined;
}

export type ReturnOutcome =
  | { readonly is: "results"; readonly payload: WirePayload }
  | { readonly is: "exception"; readonly exception: Exception }
  | { readonly is: "canceled" }
  | { readonly is: "resultsSentElsewhere" }
  | { readonly is: "takeFromOtherQuestion"; readonly questionId: number }
  | { readonly is: "unknown" };

export interface ReturnMessage {
  readonly is: "return";
  readonly answerId: number;
  readonly releaseParamCaps: boolean;
  readonly noFinishNeeded: boolean;
  readonly outcome: ReturnOutcome;
}

export interface FinishMessage {
  readonly is: "finish";
  readonly questionId: number;
  readonly releaseResultCaps: boolean;
  readonly requireEarlyCancellationWorkaround: boolean;
}

export interface ResolveMessage {
  readonly is: "resolve";
  readonly promiseId: number;
  readonly resolution:
    | { readonly is: "cap"; readonly cap: CapDescriptor }
    | { readonly is: "exception"; readonly exception: Exception }
    | { readonly is: "unknown" };
}

export interface DisembargoMessage {
  readonly is: "disembargo";
  readonly target: MessageTarget;
  readonly context:
    | { readonly is: "senderLoopback"; readonly embargoId: number }
    | { readonly is: "receiverLoopback"; readonly embargoId: number }
    /** Level 3 or newer: answered Unimplemented. */
    | { readonly is: "unknown" };
}

export type Message =
  | { readonly is: "unimplemented"; readonly message: Message }
  | { readonly is: "abort"; readonly exception: Exception }
  | BootstrapMessage
  | CallMessage
  | ReturnMessage
  | FinishMessage
  | ResolveMessage
  | { readonly is: "release"; readonly id: number; readonly referenceCount: number }
  | DisembargoMessage
  /** Well formed, yet of a kind we do not speak; `raw` is echoed in Unimplemented. */
  | { readonly is: "unknown"; readonly kind: number; readonly raw: unknown };
