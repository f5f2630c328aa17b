import { BrokenHook, FailedResults } from "./broken-hook.ts";
import { CallResults } from "./call-results.ts";
import { RpcError, unexecuted } from "./exception.ts";
import { ForwardingHook } from "./forwarding-hook.ts";
import { type Hook, type Payload, type Request, type Results, type ResultsSink } from "./hook.ts";
import { type Path } from "./messages.ts";
import { releaseCaps } from "./payload.ts";
import { type TurnQueue } from "./turn-queue.ts";

/** What a membrane does with the calls that cross it, besides being revocable. */
export interface MembranePolicy {
  /** Each call from outside; returns what goes in, or why nothing does. */
  readonly inward?: ((request: Request) => Request | RpcError) | undefined;
  /** Each call from inside. */
  readonly outward?: ((request: Request) => Request | RpcError) | undefined;
  /** Whether capabilities in parameters and results are left as they are. Default `false`. */
  readonly shallow?: boolean | undefined;
  /** For people: what the outside's references are called in dumps and logs. */
  readonly label?: string | undefined;
  /** Told of each call from outside that fails because the membrane was revoked. */
  readonly refused?: ((request: Request, error: RpcError) => void) | undefined;
  /** Nothing that crossed is held or under way any more: called once, also after `revoke`. */
  readonly over?: (() => void) | undefined;
}

/** Where a membraned hook is held: what is behind it is on the other side. */
type Side = "outside" | "inside";

/**
 * A boundary around a group of objects. Whatever crosses it is wrapped, and unwrapped when it comes
 * back, so that each side sees its own objects as themselves; `revoke` cuts all that ever crossed.
 *
 *   open      `revoke`: revoked; when nothing that crossed is left: over
 *   revoked   every hook is broken, every call that was under way has failed; at once over
 *
 * Invariant: one hook a side for each object, so that order and identity are kept.
 */
export class Membrane {
  readonly turns: TurnQueue;
  readonly policy: MembranePolicy;
  readonly #hooks: Readonly<Record<Side, Map<Hook, MembranedHook>>> = {
    outside: new Map(),
    inside: new Map(),
  };
  readonly #calls = new Set<MembranedResults>();
  #revoked: Readonly<Record<Side, BrokenHook>> | undefined;
  #over = false;

  constructor(turns: TurnQueue, policy: MembranePolicy = {}) {
    this.turns = turns;
    this.policy = policy;
  }

  /** An object of the inside as the outside may hold it. Takes over and returns a reference. */
  wrap(hook: Hook): Hook {
    return this.pass(hook, "outside");
  }

  /** Cuts everything that has crossed; calls under way fail with `error`. */
  revoke(error = revocation()): void {
    if (this.#revoked !== undefined) return;
    this.#revoked = {
      outside: new RevokedHook(this, error),
      inside: new BrokenHook(this.turns, error),
    };
    // Cutting one may be the end of others, which then have left these tables.
    for (const call of this.#calls) call.cancel(error);
    for (const hooks of Object.values(this.#hooks)) {
      for (const hook of hooks.values()) hook.cut(this.#revoked[hook.side]);
    }
    this.#endIfEmpty();
  }

  /** The hook that `side` may hold for what is held on the other. */
  pass(hook: Hook, side: Side): Hook {
    const end = hook.resolved();
    if (end.broken !== undefined) return hook;
    if (end instanceof MembranedHook && end.membrane === this) {
      if (end.side === side) return hook;
      const own = end.inner.retain();
      hook.release();
      return own;
    }
    if (this.#revoked !== undefined) {
      hook.release();
      return this.#revoked[side];
    }
    const known = this.#hooks[side].get(end)?.retain();
    const passed = known ?? new MembranedHook(this, end.retain(), side);
    hook.release();
    return passed;
  }

  /** A call from `side` to `inner` on the other. */
  call(inner: Hook, request: Request, side: Side): Results {
    const asked = side === "outside" ? this.policy.inward : this.policy.outward;
    const allowed = asked?.(request) ?? request;
    if (allowed instanceof RpcError) {
      releaseCaps(request.params);
      return new FailedResults(this.turns, unexecuted(allowed));
    }
    const params = this.crossing(allowed.params, side === "outside" ? "inside" : "outside");
    const results = inner.call({ ...allowed, params, returnTo: undefined });
    const call = new MembranedResults(this, results, side);
    this.#calls.add(call);
    results.whenReturned(call);
    return call;
  }

  /** A payload as `side` may hold it. */
  crossing({ content, caps }: Payload, side: Side): Payload {
    if (this.policy.shallow === true || caps.length === 0) return { content, caps };
    return { content, caps: caps.map((cap) => cap && this.pass(cap, side)) };
  }

  add(hook: MembranedHook): void {
    this.#hooks[hook.side].set(hook.inner, hook);
  }

  remove(hook: MembranedHook): void {
    this.#hooks[hook.side].delete(hook.inner);
    this.#endIfEmpty();
  }

  ended(call: MembranedResults): void {
    this.#calls.delete(call);
    this.#endIfEmpty();
  }

  #endIfEmpty(): void {
    const { outside, inside } = this.#hooks;
    if (this.#over || outside.size + inside.size + this.#calls.size > 0) return;
    this.#over = true;
    this.policy.over?.();
  }
}

/** What the outside is left with when a membrane was revoked. */
class RevokedHook extends BrokenHook {
  readonly #membrane: Membrane;

  constructor(membrane: Membrane, error: RpcError) {
    super(membrane.turns, error);
    this.#membrane = membrane;
  }

  override call(request: Request): Results {
    this.#membrane.policy.refused?.(request, this.broken);
    return super.call(request);
  }
}

/** A capability as the other side of a membrane holds it. */
class MembranedHook extends ForwardingHook {
  readonly membrane: Membrane;
  readonly inner: Hook;
  readonly side: Side;
  #stopWatching: (() => void) | undefined;

  /** Takes over the reference to `inner`, which has become nothing else yet. */
  constructor(membrane: Membrane, inner: Hook, side: Side) {
    super();
    this.membrane = membrane;
    this.inner = inner;
    this.side = side;
    membrane.add(this);
    this.#stopWatching = inner.whenResolved((resolution) => {
      this.#become(membrane.pass(resolution.retain(), side));
    });
  }

  get turns(): TurnQueue {
    return this.membrane.turns;
  }

  override get label(): string | undefined {
    return this.side === "outside" ? (this.membrane.policy.label ?? this.inner.label) : undefined;
  }

  override get waitsFor(): Hook | undefined {
    return this.to === undefined ? this.inner : undefined;
  }

  override get settled(): boolean {
    return this.to === undefined ? this.inner.settled : super.settled;
  }

  call(request: Request): Results {
    return this.to?.call(request) ?? this.membrane.call(this.inner, request, this.side);
  }

  /** The membrane was revoked. */
  cut(broken: BrokenHook): void {
    this.#become(broken);
  }

  protected override unreferenced(): void {
    super.unreferenced();
    if (this.to === undefined) this.#leave();
  }

  #become(hook: Hook): void {
    this.#leave();
    this.become(hook);
  }

  #leave(): void {
    this.#stopWatching?.();
    this.membrane.remove(this);
    this.inner.release();
  }
}

/**
 * The results of a call across a membrane, as the caller's side may hold them. What is pipelined on
 * them holds the call inside and not these: it may go on when they are let go of, and then is still
 * a call across the membrane until it ends.
 */
class MembranedResults extends CallResults implements ResultsSink {
  readonly #membrane: Membrane;
  readonly #inner: Results;
  readonly #side: Side;

  constructor(membrane: Membrane, inner: Results, side: Side) {
    super(membrane.turns);
    this.#membrane = membrane;
    this.#inner = inner;
    this.#side = side;
  }

  returned(results: Payload): void {
    if (!this.open) {
      releaseCaps(results);
      this.tellForgotten();
      return;
    }
    const crossed = this.#membrane.crossing(results, this.#side);
    this.#end(); // what has crossed keeps the membrane
    this.settleReturned(crossed);
  }

  failed(error: RpcError): void {
    if (!this.open) {
      if (!this.pending) this.tellForgotten(); // else its method goes on, and it will be forgotten then
      return;
    }
    this.#end();
    this.settleFailed(error);
  }

  forgotten(): void {
    if (!this.open) this.tellForgotten(); // else it is being cancelled, and will say so
  }

  protected override tellForgotten(): void {
    this.#membrane.ended(this);
    super.tellForgotten();
  }

  override get pending(): boolean {
    return super.pending || this.#inner.pending;
  }

  override cancel(error: RpcError): void {
    this.#inner.cancel(error);
    super.cancel(error);
    this.#membrane.ended(this);
  }

  protected pendingPipeline(path: Path): Hook {
    const hook = this.#inner.pipeline(path);
    return this.#membrane.policy.shallow === true ? hook : this.#membrane.pass(hook, this.#side);
  }

  protected abandoned(): void {
    this.#inner.release();
  }

  #end(): void {
    this.#membrane.ended(this);
    this.#inner.release();
  }
}

/** A reference to one object that can be taken back; what passes through it is not wrapped. */
export interface Revocable {
  /** One reference, for the maker. */
  readonly hook: Hook;
  revoke(error?: RpcError): void;
}

/** Takes over the reference to `hook`. */
export function revocable(hook: Hook): Revocable {
  const membrane = new Membrane(hook.turns, { shallow: true });
  return { hook: membrane.wrap(hook), revoke: (error) => membrane.revoke(error) };
}

/** rpc.capnp counts revocation among the reasons of `disconnected`: start over to get a new one. */
function revocation(): RpcError {
  return new RpcError("disconnected", "the capability was revoked", { code: "REVOKED" });
}
