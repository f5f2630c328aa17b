/** Who can mend the failure. */
export type Blame =
  /** We can: it is a wrong argument, or a limit of our own. */
  | "caller"
  /** The peer can: it broke a rule. */
  | "peer"
  /** Nobody can: both are right, and differ. */
  | "incompatible"
  /** It lies in between: trying again may do. */
  | "network";

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
