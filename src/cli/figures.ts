/** A duration or a rate, for people and programs alike: to a hundredth. */
export function rounded(figure: number): number {
  return Math.round(figure * 100) / 100;
}

export function milliseconds(ms: number): string {
  return `${rounded(ms)} ms`;
}

/** The least of `figures` that `share` of them do not exceed (nearest rank); there must be some. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
