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
  /** Called instead, with what an interceptor threw. */
  refuse(error: unknown): void;
}

/**
 * The entrance of one capability. The interceptors of several calls run side by side, and each call
 * enters when all that came before it have entered or been refused: one that is held up cannot be
 * overtaken.
 *
 *   asking    in the interceptors    `next`: ready; they end without it: refused
 *   ready     waits for its turn     entered
 */
export class Entrance {
  readonly #queue: Ticket[] = [];
  #emptied: (() => void) | undefined;

  admit(interceptors: readonly Interceptor[], admission: Admission): void {
    const ticket: Ticket = { is: "asking", enter: () => {} };
    this.#queue.push(ticket);
    const innermost: Enter = () =>
      new Promise((resolve, reject) => {
        if (ticket.is !== "asking") {
          reject(new TypeError("an interceptor calls next once, and before it is done"));
          return;
        }
        ticket.is = "ready";
        ticket.enter = () => {
          admission.enter().then(resolve, reject);
        };
        this.#advance();
      });
    const refuse = (error: unknown): void => {
      if (ticket.is !== "asking") return; // it went in, and how it ended is known already
      ticket.is = "refused";
      admission.refuse(error);
      this.#advance();
    };
    entered(interceptors, innermost, admission.call).then(() => {
      refuse(new TypeError("an interceptor ended without calling next"));
    }, refuse);
  }

  /** `other` leads here from now on: what it still holds up enters before whatever comes next. */
  after(other: Entrance): void {
    if (other.#queue.length === 0) return;
    const ticket: Ticket = { is: "asking", enter: () => {} };
    this.#queue.push(ticket);
    other.#emptied = () => {
      ticket.is = "ready";
      this.#advance();
    };
  }

  #advance(): void {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (head.is === "asking") return;
      this.#queue.shift();
      if (head.is === "ready") head.enter();
    }
    const emptied = this.#emptied;
    this.#emptied = undefined;
    emptied?.();
  }
}

interface Ticket {
  is: "asking" | "ready" | "refused";
  enter: () => void;
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
