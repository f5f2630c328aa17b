/** A number from 0 up to 1; for choices that no key depends on. */
export type Random = () => number;

export const realRandom: Random = Math.random;
