import { type AnonymousPeer, type Peer } from "../base/index.ts";
import { WORD_BYTES } from "../capnp/index.ts";
import {
  type CallStatistics,
  type Hook,
  LocalResults,
  type Payload,
  peerBehind,
  releaseCaps,
  type Request,
  type Results,
  RpcError,
} from "../rpc/index.ts";
import { type ObservedCall } from "./call-observer.ts";
import { givenUp } from "./given-up.ts";
import { Host } from "./host.ts";
import { Entrance, type Interceptor } from "./interceptor.ts";
import { type CallEnded, type CallUnderWay, type Method } from "./interface-definition.ts";

/** A call under way, and who is to be told how it ends. */
interface Watched {
  readonly results: Results;
  readonly ended: CallEnded;
}

/** Makes a call of which the vat's observers are told, and which its interceptors may hold up. */
export function watchedCall(
  host: Host,
  method: Method,
  hook: Hook,
  request: Request,
): CallUnderWay {
  const { results, ended } = watched(host, method, hook, request);
  const under = new method.Call(method, results);
  under.$whenEnded(ended);
  return under;
}

function watched(host: Host, method: Method, hook: Hook, request: Request): Watched {
  const call = new MadeCall(method, hook);
  const observation = host.observers?.start(call);
  const { content, caps } = request.params;
  const bytesOut = content.sizeWords * WORD_BYTES;
  const capabilitiesOut = caps.length;
  const trace = observation?.trace;
  const traced = trace === undefined ? request : { ...request, trace };
  const { results, over } =
    host.interceptors === undefined
      ? { results: hook.call(traced), over: undefined }
      : intercepted(host.interceptors, call, hook, traced);
  return {
    results,
    ended: (error, answer, capabilitiesIn) => {
      const statistics: CallStatistics = {
        messagesIn: answer === undefined ? 0 : 1,
        messagesOut: 1,
        bytesIn: (answer?.sizeWords ?? 0) * WORD_BYTES,
        bytesOut,
        capabilitiesIn,
        capabilitiesOut,
      };
      observation?.end(error, statistics);
      over?.(error);
    },
  };
}

/** The call is made when its interceptors and its turn allow it. */
function intercepted(
  interceptors: readonly Interceptor[],
  call: ObservedCall,
  hook: Hook,
  request: Request,
) {
  const delayed = new DelayedCall(hook, request);
  let gaveUp: RpcError | undefined;
  let over = (error: RpcError | undefined): void => {
    gaveUp = error; // before its turn has come
  };
  const leave = entranceOf(hook).admit(interceptors, {
    call,
    enter: () =>
      new Promise((resolve, reject) => {
        over = (error) => {
          if (error === undefined) resolve();
          else reject(error);
        };
        delayed.make();
        if (gaveUp !== undefined) reject(gaveUp);
      }),
    refuse: (error) => {
      delayed.refuse(refusal(error));
    },
  });
  delayed.whenAbandoned = () => {
    leave(gaveUp ?? givenUp());
  };
  return {
    results: delayed,
    over: (error: RpcError | undefined) => {
      over(error);
    },
  };
}

/** Where a method hands its call over to: a capability, in sight of those who watch. */
export class TailTarget {
  readonly #method: Method;
  readonly #hook: Hook;
  #ended: CallEnded | undefined;

  constructor(method: Method, hook: Hook) {
    this.#method = method;
    this.#hook = hook;
  }

  /** Who watches is to see the outcome, so then the results come this way. */
  call(request: Request): Results {
    const host = Host.watching(this.#hook.turns);
    if (host === undefined) return this.#hook.call(request);
    const onward = { ...request, returnTo: undefined };
    const { results, ended } = watched(host, this.#method, this.#hook, onward);
    this.#ended = ended;
    return results;
  }

  ended(error: RpcError | undefined, results: Payload | undefined): void {
    this.#ended?.(error, results?.content, results?.caps.length ?? 0);
  }
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
  whenAbandoned: (() => void) | undefined;

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
    this.#drop();
    this.settleFailed(error);
  }

  protected abandoned(): void {
    this.#drop();
    this.whenAbandoned?.();
  }

  #drop(): void {
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
