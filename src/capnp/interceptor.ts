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

  #advance(): void {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (head.is === "asking") return;
      this.#queue.shift();
      if (head.is === "ready") head.enter();
    }
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
  await interceptors.reduceRight((next, interceptor) => interceptor(next), innermost)(call);
}
