import { type ObservedCall } from "./call-observer.ts";

/** Lets the call in; settles when the call is over, and as it is over. May be called once. */
export type Enter = (call: ObservedCall) => Promise<void>;

/**
 * Stands before every call, served or made: `(next) => async (call) => { …; await next(call); … }`.
 * It may delay a call, refuse it by throwing before `next`, and see how it ends. Parameters and
 * results are not its to change, so pipelining goes on as if it were not there.
 */
export type Interceptor = (next: Enter) => Enter;

/** One call at an entrance. */
export interface Admission {
  readonly call: ObservedCall;
  /** Called at most once, when the call's turn has come; settles when it is over. */
  enter(): Promise<void>;
  /** Called instead, with what an interceptor threw, or why the call was given up. */
  refuse(error: unknown): void;
}

/**
 * The entrance of one capability. The interceptors of several calls run side by side, and each call
 * enters when all that came before it have entered or been refused: one that is held up cannot be
 * overtaken.
 *
 *   asking    in the interceptors    `next`: ready; they end without it: refused
 *                                    given up: leaving
 *   ready     waits for its turn     entered; given up: refused
 *   leaving   nobody waits for it    they end: refused
 *
 * Invariant: only what is asking or ready has a place in the queue.
 */
export class Entrance {
  readonly #queue = new Set<Ticket>();
  #emptied: (() => void) | undefined;

  /** The function returned gives the call up: nobody waits for it any more, and its `next` fails. */
  admit(interceptors: readonly Interceptor[], admission: Admission): (error: Error) => void {
    const ticket: Ticket = { is: "asking" };
    this.#queue.add(ticket);
    let why: Error | undefined;
    const innermost: Enter = () =>
      new Promise((resolve, reject) => {
        if (ticket.is !== "asking") {
          reject(why ?? new TypeError("an interceptor calls next once, and before it is done"));
          return;
        }
        ticket.is = "ready";
        ticket.enter = () => {
          admission.enter().then(resolve, reject);
        };
        ticket.leave = reject;
        this.#advance();
      });
    const refuse = (error: unknown): void => {
      if (ticket.is !== "asking" && ticket.is !== "leaving") return; // how it ended is known already
      ticket.is = "refused";
      admission.refuse(error);
      this.#remove(ticket);
    };
    entered(interceptors, innermost, admission.call).then(() => {
      refuse(new TypeError("an interceptor ended without calling next"));
    }, refuse);
    return (error) => {
      if (!this.#queue.has(ticket)) return;
      why = error;
      if (ticket.is === "asking") {
        ticket.is = "leaving";
      } else {
        ticket.is = "refused";
        ticket.leave?.(error);
        admission.refuse(error);
      }
      this.#remove(ticket);
    };
  }

  /** `other` leads here from now on: what it still holds up enters before whatever comes next. */
  after(other: Entrance): void {
    if (other.#queue.size === 0) return;
    const ticket: Ticket = { is: "asking" };
    this.#queue.add(ticket);
    other.#emptied = () => {
      ticket.is = "ready";
      this.#advance();
    };
  }

  #remove(ticket: Ticket): void {
    if (this.#queue.delete(ticket)) this.#advance();
  }

  #advance(): void {
    for (const head of this.#queue) {
      if (head.is === "asking") return;
      this.#queue.delete(head);
      head.enter?.();
    }
    const emptied = this.#emptied;
    this.#emptied = undefined;
    emptied?.();
  }
}

interface Ticket {
  is: "asking" | "ready" | "leaving" | "refused";
  /** Of one that is ready. */
  enter?: () => void;
  leave?: (error: Error) => void;
}

/** The first interceptor is the outermost. */
async function entered(
  interceptors: readonly Interceptor[],
  innermost: Enter,
  call: ObservedCall,
): Promise<void> {
  const through = (next: Enter, interceptor: Interceptor): Enter => interceptor(heeded(next));
  await interceptors.reduceRight(through, innermost)(call);
}

/** An interceptor need not look how the call ends: its caller is told. */
function heeded(next: Enter): Enter {
  return (call) => {
    const over = next(call);
    over.catch(() => {});
    return over;
  };
}
