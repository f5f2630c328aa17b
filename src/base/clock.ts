/** Time as an argument: real on the network floor, virtual in tests. */
export interface Clock {
  /** Milliseconds on a clock that never runs backwards; its zero means nothing. */
  now(): number;
  /** Calls back once, `delayMs` from now; the function returned takes it back. */
  after(delayMs: number, callback: () => void): () => void;
}
