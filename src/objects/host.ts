import { AuthContext, AuthError, type Clock, type Logger, type Peer } from "../base/index.ts";
import { CapnpError, type Servable } from "../capnp/index.ts";
import {
  type Hook,
  LocalHook,
  perhapsExecuted,
  RpcError,
  type Servant,
  type TurnQueue,
} from "../rpc/index.ts";
import { type ClientLog } from "./call-logger.ts";
import { type CallObservers } from "./call-observer.ts";
import { keepHook, keptHook } from "./hook-keeper.ts";
import { type Interceptor } from "./interceptor.ts";
import { refused } from "./refusal-detail.ts";

/** Where something failed, in the schema's words. */
export interface Place {
  readonly interface: string;
  readonly method: string;
  /** Of a call: its number, and the id or address of who sent it. */
  readonly requestId?: string | undefined;
  readonly peer?: string | undefined;
}

/** A method threw something that is not for the caller's eyes. */
export interface InternalError extends Place {
  /** The number in the `internal error (ref N)` that the caller sees. */
  readonly ref: number;
  readonly error: unknown;
}

/** A method found that the caller lacks the authority. */
export interface Refusal extends Place {
  /** Its `cause` is what the verifier found, and for the log alone. */
  readonly error: AuthError;
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
  /** And with what authority. */
  readonly selfAuth: AuthContext;
  readonly log: Logger;
  readonly clientLog: ClientLog | undefined;
  /** Absent when nobody observes. */
  readonly observers: CallObservers | undefined;
  /** The outermost first; absent when there are none. */
  readonly interceptors: readonly Interceptor[] | undefined;
  /** Whether objects sum up what their calls cost. */
  readonly countsCalls: boolean;
  readonly #facets: ReadonlyMap<bigint, Servant>;
  /** Whether `callContext()` knows the calls at this vat's objects. */
  readonly trackCalls: boolean;
  /** The minted references that somebody holds and that may end. */
  readonly mints = new Set<{ stopClock(): void }>();
  readonly #epochMs: () => number;
  /** The hooks of objects that do not keep them, such as those that another vat serves too. */
  readonly #hooks = new WeakMap<Servable, LocalHook>();
  /** Who is told when nobody holds an object any more. */
  readonly #whenDropped = new WeakMap<Servable, (() => void)[]>();
  readonly #serve: HostInit["serve"];
  readonly #report: (failure: InternalError) => void;
  readonly #refused: (refusal: Refusal) => void;
  readonly #requestPrefix: string;
  #failures = 0;
  #requests = 0;

  constructor(init: HostInit) {
    const { turns, clock, self, serve, report, refused = () => {} } = init;
    const { log, clientLog, facets, observers, interceptors, countsCalls } = init;
    this.turns = turns;
    this.clock = clock;
    this.self = self;
    this.selfAuth = AuthContext.ofPeer(self);
    this.#requestPrefix = `${self.id.slice(-6)}-`;
    this.#serve = serve;
    this.#report = report;
    this.#refused = refused;
    this.trackCalls = init.trackCalls ?? false;
    this.#epochMs = init.epochMs ?? Date.now;
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
    const known = this.#known(server);
    if (known !== undefined && known.references > 0) return known.retain();
    const servant = this.#serve(server, this);
    const hook = new LocalHook(this.turns, servant, servant.label);
    const kept = keptHook(server);
    const isOurs = kept === undefined || kept.turns === this.turns;
    if (!isOurs || !keepHook(server, hook)) this.#hooks.set(server, hook);
    return hook;
  }

  /** Forgets an object that nobody holds; `false` when it has been handed out anew meanwhile. */
  forget(server: Servable): boolean {
    const hook = this.#known(server);
    if (hook !== undefined && hook.references > 0) return false;
    for (const callback of this.#whenDropped.get(server) ?? []) callback();
    this.#whenDropped.delete(server);
    if (keptHook(server) === hook) keepHook(server, undefined);
    this.#hooks.delete(server);
    return hook !== undefined;
  }

  #known(server: Servable): LocalHook | undefined {
    const kept = keptHook(server);
    return kept?.turns === this.turns ? kept : this.#hooks.get(server);
  }

  /** Calls back once, when nobody holds the object any more. */
  whenDropped(server: Servable, callback: () => void): void {
    const callbacks = this.#whenDropped.get(server);
    if (callbacks === undefined) this.#whenDropped.set(server, [callback]);
    else callbacks.push(callback);
  }

  /** Milliseconds since 1970, UTC: the calendar, which may be set while the clock goes on. */
  epochMs(): number {
    return this.#epochMs();
  }

  /** The vat is closed: nothing it was to do later may keep the process. */
  close(): void {
    for (const mint of this.mints) mint.stopClock();
  }

  nextRequestId(): string {
    this.#requests += 1;
    return this.#requestPrefix + this.#requests.toString(36);
  }

  /** What a caller gets to see of a failure: what was meant for it; the rest stays at home. */
  forTheCaller(thrown: unknown, where: Place): RpcError {
    if (thrown instanceof RpcError) return perhapsExecuted(thrown); // the method ran
    if (thrown instanceof AuthError) {
      this.#refused({ ...where, error: thrown });
      return refused(thrown);
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

/** What a vat gives its objects to run on. */
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
  readonly refused?: ((refusal: Refusal) => void) | undefined;
  /** Default `false`: it costs every call a little. */
  readonly trackCalls?: boolean | undefined;
  /** Default: the machine's calendar. */
  readonly epochMs?: (() => number) | undefined;
}
