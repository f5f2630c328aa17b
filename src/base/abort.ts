/** Calls `aborted` when the signal aborts, at once if it has; returns how to listen no longer. */
export function whenAborted(signal: AbortSignal | undefined, aborted: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) aborted();
  signal.addEventListener("abort", aborted, { once: true });
  return () => {
    signal.removeEventListener("abort", aborted);
  };
}

/**
 * Aborts `controller` when one of these aborts; the function returned ends that. `AbortSignal.any`
 * would leave something behind at signals that live on.
 */
export function abortWith(
  controller: AbortController,
  ...signals: readonly AbortSignal[]
): () => void {
  const deafen = signals.map((signal) =>
    whenAborted(signal, () => {
      controller.abort(signal.reason);
    }),
  );
  return () => {
    for (const stop of deafen) stop();
  };
}
