import { type AnonymousPeer, type Peer } from "../base/index.ts";
import {
  type CallStatistics,
  type Hook,
  LocalResults,
  peerBehind,
  releaseCaps,
  type Request,
  type Results,
  RpcError,
} from "../rpc/index.ts";
import { type ObservedCall } from "./call-observer.ts";
import { type Host } from "./host.ts";
import { Entrance } from "./interceptor.ts";
import { type CallUnderWay, type Method } from "./interface-definition.ts";
import { WORD_BYTES } from "./limits.ts";

/** Makes a call of which the vat's observers are told, and which its interceptors may hold up. */
export function watchedCall(
  host: Host,
  method: Method,
  hook: Hook,
  request: Request,
): CallUnderWay {
  const call = new MadeCall(method, hook);
  const observation = host.observers?.start(call);
  const { content, caps } = request.params;
  const bytesOut = content.sizeWords * WORD_BYTES;
  const capabilitiesOut = caps.length;
  const trace = observation?.trace;
  const traced = trace === undefined ? request : { ...request, trace };
  let givenUp: RpcError | undefined;
  let over = (error: RpcError | undefined): void => {
    givenUp = error; // before its turn has come
  };
  let results: Results;
  if (host.interceptors === undefined) {
    results = hook.call(traced);
  } else {
    const delayed = new DelayedCall(hook, traced);
    results = delayed;
    entranceOf(hook).admit(host.interceptors, {
      call,
      enter: () =>
        new Promise((resolve, reject) => {
          over = (error) => {
            if (error === undefined) resolve();
            else reject(error);
          };
          delayed.make();
          if (givenUp !== undefined) reject(givenUp);
        }),
      refuse: (error) => {
        delayed.refuse(refusal(error));
      },
    });
  }
  const under = new method.Call(method, results);
  under.$whenEnded((error, results, capabilitiesIn) => {
    const answer: CallStatistics = {
      messagesIn: results === undefined ? 0 : 1,
      messagesOut: 1,
      bytesIn: (results?.sizeWords ?? 0) * WORD_BYTES,
      bytesOut,
      capabilitiesIn,
      capabilitiesOut,
    };
    observation?.end(error, answer);
    over(error);
  });
  return under;
}

/** A call of ours, as those who watch see it. */
class MadeCall implements ObservedCall {
  readonly side = "made";
  readonly auth = undefined;
  readonly requestId = undefined;
  readonly trace = undefined;
  readonly #method: Method;
  readonly #hook: Hook;

  constructor(method: Method, hook: Hook) {
    this.#method = method;
    this.#hook = hook;
  }

  get interface(): string {
    return this.#method.interfaceName;
  }

  get method(): string {
    return this.#method.name;
  }

  get peer(): Peer | AnonymousPeer | undefined {
    return peerBehind(this.#hook);
  }
}

/**
 * A call that is not made yet: what is pipelined on it waits.
 *
 *   waiting   `make`: made; `refuse`, or nobody cares any more: over
 */
class DelayedCall extends LocalResults {
  #waiting: { readonly hook: Hook; readonly request: Request } | undefined;

  constructor(hook: Hook, request: Request) {
    super(hook.turns);
    this.#waiting = { hook: hook.retain(), request };
  }

  make(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.forwardTo(waiting.hook.call(waiting.request));
    waiting.hook.release();
  }

  refuse(error: RpcError): void {
    if (this.#waiting === undefined) return;
    this.abandoned();
    this.settleFailed(error);
  }

  protected abandoned(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    releaseCaps(waiting.request.params);
    waiting.hook.release();
  }
}

const entrances = new WeakMap<Hook, Entrance>();

/** That of the capability which `hook` is by now, so that no two references have two. */
function entranceOf(hook: Hook): Entrance {
  const end = hook.resolved();
  const known = entrances.get(end);
  if (known !== undefined) return known;
  const entrance = new Entrance();
  entrances.set(end, entrance);
  if (!end.settled) {
    end.whenResolved((resolution) => {
      entranceOf(resolution).after(entrance);
    });
  }
  return entrance;
}

function refusal(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const message = `an interceptor refused the call: ${why}`;
  return RpcError.failed(message, { executed: "no", cause: error });
}
