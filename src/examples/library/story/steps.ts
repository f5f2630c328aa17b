/** Milliseconds that a step may take: a hundred times what a slow machine needs. */
const STEP_TIMEOUT_MS = 30_000;

export interface StepsOptions {
  readonly print: (line: string) => void;
  /** Ends the story. */
  readonly signal: AbortSignal;
}

/** Says one thing that has happened. */
export type Say = (who: string, what: string) => void;

/** Prints each step of the story as it happens; the first one that does not ends the story. */
export class Steps {
  readonly #print: (line: string) => void;
  readonly #signal: AbortSignal;
  #count = 0;

  constructor({ print, signal }: StepsOptions) {
    this.#print = print;
    this.#signal = signal;
  }

  get count(): number {
    return this.#count;
  }

  /** Rejects when `action` does, when the story is ended, and when the step takes too long. */
  async step(title: string, action: (say: Say) => Promise<void>): Promise<void> {
    this.#count += 1;
    this.#print(`\n${String(this.#count).padStart(2)}  ${title}`);
    const say: Say = (who, what) => this.#print(`    ${who.padEnd(10)} ${what}`);
    await Promise.race([action(say), this.#tooLate()]);
  }

  #tooLate(): Promise<never> {
    const ended = AbortSignal.any([this.#signal, AbortSignal.timeout(STEP_TIMEOUT_MS)]);
    return new Promise((_, reject) => {
      const stop = () => {
        reject(
          new StepMissed(
            this.#signal.aborted
              ? "the story was interrupted"
              : `nothing came of it in ${STEP_TIMEOUT_MS / 1000} seconds`,
          ),
        );
      };
      if (ended.aborted) stop();
      else ended.addEventListener("abort", stop, { once: true });
    });
  }
}

/** Something that the story promised did not happen. */
export class StepMissed extends Error {
  readonly code = "STEP_MISSED";
}

/** Goes on only when `happened`. */
export function must(happened: boolean, what: string): asserts happened {
  if (!happened) throw new StepMissed(what);
}

/** The code of the error that `action` ends in; misses the step when it succeeds. */
export async function refusalOf(
  action: Promise<unknown>,
): Promise<{ code: string; message: string }> {
  try {
    await action;
  } catch (error) {
    if (error instanceof Error && "code" in error) {
      return { code: String(error.code), message: error.message };
    }
    throw error;
  }
  throw new StepMissed("it was not refused");
}
