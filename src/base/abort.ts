/** Who hears of a signal. It has one listener of ours, for at the eleventh Node warns of a leak. */
const audiences = new WeakMap<AbortSignal, Audience>();

interface Audience {
  readonly hearers: Set<() => void>;
  readonly tell: () => void;
}

/** Calls `aborted` when the signal aborts, at once if it has; returns how to listen no longer. */
export function whenAborted(signal: AbortSignal | undefined, aborted: () => void): () => void {
  if (signal?.aborted === true) aborted();
  if (signal === undefined || signal.aborted) return () => {};
  const audience = audiences.get(signal) ?? gather(signal);
  const { hearers, tell } = audience;
  const hearer = () => {
    aborted();
  };
  hearers.add(hearer);
  return () => {
    if (!hearers.delete(hearer) || hearers.size > 0 || audiences.get(signal) !== audience) return;
    audiences.delete(signal);
    signal.removeEventListener("abort", tell);
  };
}

function gather(signal: AbortSignal): Audience {
  const hearers = new Set<() => void>();
  const tell = () => {
    audiences.delete(signal);
    for (const hearer of hearers) hearer();
  };
  const audience = { hearers, tell };
  audiences.set(signal, audience);
  signal.addEventListener("abort", tell, { once: true });
  return audience;
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
