import { AuthError, type Clock, type Logger, type Peer } from "../base/index.ts";
import { type Hook, LocalHook, RpcError, type Servant, type TurnQueue } from "../rpc/index.ts";
import { type ClientLog } from "./call-logger.ts";
import { type CallObservers } from "./call-observer.ts";
import { CapnpError } from "./capnp-error.ts";
import { type Interceptor } from "./interceptor.ts";
import { type Servable } from "./interface-type.ts";

/** Where something failed, in the schema's words. */
export interface Place {
  readonly interface: string;
  readonly method: string;
}

/** A method threw something that is not for the caller's eyes. */
export interface InternalError extends Place {
  /** The number in the `internal error (ref N)` that the caller sees. */
  readonly ref: number;
  readonly error: unknown;
}

/**
 * What a vat lends to the objects it serves and the calls it makes: time, a place for failures
 * that must stay at home, and the one hook of each object, so that an object that is passed twice
 * is the same capability twice.
 */
export class Host {
  readonly turns: TurnQueue;
  readonly clock: Clock;
  /** Who calls when the vat calls itself. */
  readonly self: Peer;
  readonly log: Logger;
  readonly clientLog: ClientLog | undefined;
  /** Absent when nobody observes. */
  readonly observers: CallObservers | undefined;
  /** The outermost first; absent when there are none. */
  readonly interceptors: readonly Interceptor[] | undefined;
  /** Whether objects sum up what their calls cost. */
  readonly countsCalls: boolean;
  readonly #facets: ReadonlyMap<bigint, Servant>;
  /** The hook of each served object while references to it are held. */
  readonly #hooks = new WeakMap<Servable, LocalHook>();
  readonly #serve: HostInit["serve"];
  readonly #report: (failure: InternalError) => void;
  #failures = 0;
  #requests = 0;

  constructor(init: HostInit) {
    const { turns, clock, self, serve, report, log, clientLog, facets } = init;
    const { observers, interceptors, countsCalls } = init;
    this.turns = turns;
    this.clock = clock;
    this.self = self;
    this.#serve = serve;
    this.#report = report;
    this.log = log;
    this.clientLog = clientLog;
    this.observers = observers;
    this.interceptors = interceptors;
    this.countsCalls = countsCalls ?? false;
    this.#facets = new Map(facets?.map(([id, facet]) => [id, serve(facet, this)]));
    turns.owner = this;
  }

  /** The host of the vat that owns these turns. */
  static of(turns: TurnQueue): Host {
    const { owner } = turns;
    if (owner instanceof Host) return owner;
    throw new TypeError("these turns belong to no vat");
  }

  /** The host of that vat if somebody wants to know of the calls it makes. */
  static watching({ owner }: TurnQueue): Host | undefined {
    if (!(owner instanceof Host)) return undefined;
    return (owner.observers ?? owner.interceptors) ? owner : undefined;
  }

  /** What answers calls of this interface at every object that does not have it. */
  facet(interfaceId: bigint): Servant | undefined {
    return this.#facets.get(interfaceId);
  }

  /**
   * The hook of a server object, with a reference for the asker. The same object is the same hook
   * for as long as anyone holds a reference to it.
   */
  hookOf(server: Servable): Hook {
    const known = this.#hooks.get(server);
    if (known !== undefined && known.references > 0) return known.retain();
    const servant = this.#serve(server, this);
    const hook = new LocalHook(this.turns, servant, servant.label);
    this.#hooks.set(server, hook);
    return hook;
  }

  /** Forgets an object that nobody holds; `false` when it has been handed out anew meanwhile. */
  forget(server: Servable): boolean {
    if ((this.#hooks.get(server)?.references ?? 0) > 0) return false;
    return this.#hooks.delete(server);
  }

  nextRequestId(): string {
    this.#requests += 1;
    return `${this.self.id.slice(-6)}-${this.#requests.toString(36)}`;
  }

  /** What a caller gets to see of a failure: what was meant for it; the rest stays at home. */
  forTheCaller(thrown: unknown, where: Place): RpcError {
    if (thrown instanceof RpcError) return thrown;
    if (thrown instanceof AuthError) {
      return RpcError.failed(thrown.message, { code: "PERMISSION_DENIED", cause: thrown });
    }
    if (thrown instanceof CapnpError && thrown.blame === "peer") {
      return RpcError.failed(`a malformed message: ${thrown.message}`, { cause: thrown });
    }
    if (thrown instanceof CapnpError && thrown.blame === "incompatible") {
      return RpcError.unimplemented(thrown.message);
    }
    const ref = this.failed(thrown, where);
    return RpcError.failed(`internal error (ref ${ref})`, { cause: thrown });
  }

  /** Keeps a failure at home; returns the number that stands for it. */
  failed(error: unknown, where: Place): number {
    this.#failures += 1;
    this.#report({ ref: this.#failures, ...where, error });
    return this.#failures;
  }
}

/** An object with a name for dumps and logs. */
export interface LabelledServant extends Servant {
  readonly label: string;
}

export interface HostInit {
  readonly turns: TurnQueue;
  readonly clock: Clock;
  readonly self: Peer;
  /** How the calls to an object reach its methods. */
  readonly serve: (server: Servable, host: Host) => LabelledServant;
  readonly report: (failure: InternalError) => void;
  readonly log: Logger;
  readonly clientLog?: ClientLog | undefined;
  readonly observers?: CallObservers | undefined;
  readonly interceptors?: readonly Interceptor[] | undefined;
  /** Default `false`. */
  readonly countsCalls?: boolean | undefined;
  /** Interfaces of the vat itself, by id: each of its objects has them beside its own. */
  readonly facets?: readonly (readonly [bigint, Servable])[] | undefined;
}
