/** A claim that did not hold. */
export class Finding extends Error {}
