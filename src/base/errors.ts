/**
 * Who can mend the failure: the `caller` (a wrong argument or a limit of our own), the `peer` (it
 * broke a rule), nobody because both are right but `incompatible`, or the `network` in between.
 */
export type Blame = "caller" | "peer" | "incompatible" | "network";

export interface ErrorOptions {
  readonly blame: Blame;
  readonly cause?: unknown;
}

/** The root of every error this library throws: a stable code, a blame and a cause. */
export abstract class HandfastError<Code extends string = string> extends Error {
  /** Stable; safe to switch on. Messages may be reworded in any release, codes may not. */
  readonly code: Code;
  readonly blame: Blame;

  protected constructor(code: Code, message: string, { blame, cause }: ErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.blame = blame;
  }

  override get name(): string {
    return this.constructor.name;
  }
}
