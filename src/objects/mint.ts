import { type AuthContext, Revoker, whenAborted } from "../base/index.ts";
import { type Client, type InterfaceType, type Servable } from "../capnp/index.ts";
import { mint, type Request, type Revocable, RpcError } from "../rpc/index.ts";
import { type Allow, gateOf } from "./allow.ts";
import { clientOfHook } from "./client.ts";
import { type Host } from "./host.ts";
import { definitionOf } from "./interface-definition.ts";
import { hookOf } from "./outgoing-capabilities.ts";
import { RefusedCall } from "./refused-call.ts";

/** The terms on which a reference is handed out. */
export interface MintOptions<C extends Client = Client> {
  /** Whom calls through it are authorised as, whoever holds it and passes it on. */
  readonly auth?: AuthContext | undefined;
  /**
   * From then on calls through it, under way and later, fail with `EXPIRED`. By the machine's own
   * calendar, which may be set. Never later than `auth` expires, which is the default.
   */
  readonly expiresAt?: Date | undefined;
  /** For people: what it is called in dumps and logs. Default: the interface's name. */
  readonly label?: string | undefined;
  /** Aborting or revoking fails calls through it, under way and later, with `REVOKED`. */
  readonly revokedBy?: AbortSignal | Revoker | undefined;
  /**
   * Whether all that is reached through it is under the same authority and ends with it. Default
   * `false`: what its methods return are references of their own, which live on. What was reached
   * is itself again once it comes back inside, so an object must not hand on to others what callers
   * pass to it as if it were theirs.
   */
  readonly membrane?: boolean | undefined;
  /**
   * Which calls go through it, and with `membrane` through what is reached: others are refused as
   * `insufficient_scope`. Default: all.
   */
  readonly allow?: Allow<C> | undefined;
}

/**
 * Mints a reference to an object: one of its own, so that it is another capability than the object
 * and than every other reference minted from it. The reference belongs to whoever asked for it.
 */
export function minted<C extends Client, S extends Servable>(
  type: InterfaceType<C, S>,
  object: C | S,
  options: MintOptions<NoInfer<C>> & { readonly auth: AuthContext },
  host: Host,
): C {
  const { auth, label = type.name, membrane = false, allow } = options;
  const expiresAtMs = earlier(options.expiresAt, auth.expiresAt);
  if (Number.isNaN(expiresAtMs)) throw new RangeError("expiresAt is not a date");
  const gate = allow && gateOf(definitionOf(type), allow, membrane);
  const hook = hookOf(object, host.turns);
  if (hook === undefined) throw new TypeError("the null capability cannot be minted");
  const end = new MintEnd(host, expiresAtMs);
  const reference = mint(hook, {
    mint: { label, auth, expiresAtMs },
    self: host.self,
    deep: membrane,
    refusal: (request) => end.look() ?? gate?.(request),
    refused: (request, error) => {
      tellObservers(request, error, host);
    },
    over: () => end.over(),
  });
  end.await(reference, options.revokedBy);
  return clientOfHook<InterfaceType<C, S>>(type, reference.hook);
}

function earlier(left: Date | undefined, right: Date | undefined): number | undefined {
  if (left === undefined || right === undefined) return (left ?? right)?.getTime();
  return Math.min(left.getTime(), right.getTime());
}

/** A call that is refused here comes to no object, and is in the access log all the same. */
function tellObservers(request: Request, error: RpcError, host: Host): void {
  host.observers?.start(new RefusedCall(request, undefined, host)).refuse(error, request.params);
}

/** Ends one minted reference when its time has come or its revoker says so. */
class MintEnd {
  readonly #host: Host;
  readonly #expiresAtMs: number;
  #reference: Revocable | undefined;
  #stopClock: (() => void) | undefined;
  #stopListening: (() => void) | undefined;

  constructor(host: Host, expiresAtMs = Infinity) {
    this.#host = host;
    this.#expiresAtMs = expiresAtMs;
  }

  await(reference: Revocable, revokedBy: MintOptions["revokedBy"]): void {
    this.#reference = reference;
    this.#host.mints.add(this);
    if (this.look() !== undefined) return;
    this.#stopListening = listen(revokedBy, (why) => {
      reference.revoke(new RpcError("disconnected", why, { code: "REVOKED" }));
    });
  }

  /**
   * Ends the reference when its time has come, and says so. The calendar decides; the timer only
   * says when to look, for the calendar may be set.
   */
  look(): RpcError | undefined {
    const leftMs = this.#expiresAtMs - this.#host.epochMs();
    if (leftMs <= 0) {
      const error = new RpcError("disconnected", "this reference expired", { code: "EXPIRED" });
      this.#reference?.revoke(error);
      return error;
    }
    this.#stopClock ??= this.#lookAgain(Math.min(leftMs, LOOK_AGAIN_MS));
    return undefined;
  }

  /** Nothing hangs on the reference any more. */
  over(): void {
    this.#reference = undefined;
    this.#host.mints.delete(this);
    this.#stopListening?.();
    this.stopClock();
  }

  stopClock(): void {
    this.#stopClock?.();
    this.#stopClock = undefined;
  }

  /** Not once the vat is closed: the timer would keep the process. */
  #lookAgain(inMs: number): (() => void) | undefined {
    if (this.#expiresAtMs === Infinity || this.#host.self.signal.aborted) return undefined;
    return this.#host.clock.after(inMs, () => {
      this.#stopClock = undefined;
      this.look();
    });
  }
}

/** Calls back once with why; the function returned takes that back. */
function listen(revokedBy: MintOptions["revokedBy"], revoked: (why: string) => void): () => void {
  if (revokedBy === undefined) return () => {};
  if (revokedBy instanceof Revoker) return revokedBy.onRevoked(revoked);
  return whenAborted(revokedBy, () => {
    revoked("this reference was revoked");
  });
}

/** How long a calendar that was set may go unnoticed by calls under way. Ours. */
const LOOK_AGAIN_MS = 60_000;
