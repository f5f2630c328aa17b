/**
 * What one connection may cost. All of them are choices of ours, on by default at both ends: a call
 * of our own that goes beyond one fails here with `overloaded`; a call of the peer's is answered
 * `overloaded` and reading goes on; a peer that comes to twice a limit is cut off.
 */
export interface RpcLimits {
  /** Calls of ours that have not been finished. The same as a peer like us will answer. */
  readonly maxQuestions: number;
  /**
   * Calls of ours that were given up and may go unanswered without counting as calls; each costs a
   * few hundred bytes. Rust never answers one, so this bounds how many a connection to it can bear.
   */
  readonly maxCanceledQuestions: number;
  /**
   * Calls of the peer's that have not been finished, or whose methods go on although they have.
   * Haskell: 128; no other bounds them.
   */
  readonly maxAnswers: number;
  /** Capabilities the peer can reach. Haskell: 8,192; no other bounds them. */
  readonly maxExports: number;
  /** 8-byte words of parameters of those calls; C++: flow limit, off by default. */
  readonly maxCallWords: number;
  /** Capabilities of the peer's that are held here: as many as a peer like us will export. */
  readonly maxImports: number;
  /** Capabilities in one message. */
  readonly maxCapTable: number;
  /** Promises that wait for a Disembargo: of ours, and of the peer's. */
  readonly maxEmbargoes: number;
  /** Steps from the root of a result to a capability in it; as deep as structs may nest. */
  readonly maxPathLength: number;
  /**
   * 8-byte words of streaming calls to one capability, beyond the largest of them, that may be under
   * way before their caller is told to wait. Ours: 100 Mbit/s over a round trip of 40 ms; C++ takes
   * as much as the socket buffers.
   */
  readonly streamWindowWords: number;
  /** Unanswered calls of the peer's that wait for one another; each costs stack when they go on. */
  readonly maxPipelineDepth: number;
}

/**
 * 8-byte words that each capability counts as among the parameters, beside its description: about
 * what an import, or a promise in its place, takes of the heap. Ours, measured.
 */
export const CAPABILITY_WORDS = 32;

/**
 * Paths into the results of one call that are followed before it returns; what more there is, is
 * broken. Ours: a struct that has as many fields for capabilities is unheard of.
 */
export const MAX_PATHS = 256;

export const DEFAULT_RPC_LIMITS: RpcLimits = {
  maxQuestions: 4096,
  maxCanceledQuestions: 65_536,
  maxAnswers: 4096,
  maxExports: 65_536,
  maxImports: 65_536,
  maxCallWords: 4 * 1024 * 1024, // 32 MiB
  maxCapTable: 4096,
  maxEmbargoes: 4096,
  maxPathLength: 64,
  streamWindowWords: 64 * 1024, // 512 KiB
  maxPipelineDepth: 256,
};
