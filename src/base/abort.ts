/** Calls `aborted` when the signal aborts, at once if it has; returns how to listen no longer. */
export function whenAborted(signal: AbortSignal | undefined, aborted: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) aborted();
  signal.addEventListener("abort", aborted, { once: true });
  return () => {
    signal.removeEventListener("abort", aborted);
  };
}
