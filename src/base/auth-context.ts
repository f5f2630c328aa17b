import { AuthError } from "./auth-error.ts";
import { type AnonymousPeer, type Claims, type Peer } from "./peer.ts";

/** What was proven of whom, and by what. */
export interface AuthContextInit {
  /** Which proof: `shs`, `mtls`, or the name of an authenticator. */
  readonly domain: string;
  /** Whom it is about, in the words of that proof. */
  readonly principal: string;
  /** Objects and arrays in it are copied and frozen, however deep they lie. */
  readonly claims?: Claims | undefined;
  /** When the proof ends. What is minted with it ends then too, unless it is told otherwise. */
  readonly expiresAt?: Date | undefined;
}

/**
 * What a capability was minted with: authorise on this, and keep the peer for the audit. Frozen;
 * it belongs to the reference, so it stays the same wherever the reference is passed on to.
 */
export class AuthContext {
  /** `null` when nothing was proven. */
  readonly domain: string | null;
  readonly authenticated: boolean;
  readonly principal: string | undefined;
  readonly #claims: Claims;
  readonly #expiresAtMs: number | undefined;

  static readonly #anonymous = new AuthContext(undefined);

  private constructor(init: AuthContextInit | undefined) {
    this.domain = init?.domain ?? null;
    this.authenticated = init !== undefined;
    this.principal = init?.principal;
    this.#claims = frozen(init?.claims ?? {}) as Claims; // an object, as it was
    this.#expiresAtMs = init?.expiresAt?.getTime();
    if (Number.isNaN(this.#expiresAtMs)) throw new RangeError("expiresAt is not a date");
    Object.freeze(this);
  }

  /** Throws `RangeError` when `expiresAt` is no date, so that a typo is not an endless session. */
  static of(init: AuthContextInit): Authenticated {
    return new AuthContext(init) as Authenticated; // it has a principal
  }

  static anonymous(): AuthContext {
    return AuthContext.#anonymous;
  }

  /** What the road itself proved: a peer is its own principal in domain `shs` or `mtls`. */
  static ofPeer(peer: Peer | AnonymousPeer): AuthContext {
    if (peer.id === undefined) return AuthContext.#anonymous;
    const { transport: domain, id: principal, claims } = peer;
    return new AuthContext({ domain, principal, claims });
  }

  /** An accessor, so that claims show up neither in `util.inspect` nor in JSON. */
  get claims(): Claims {
    return this.#claims;
  }

  get expiresAt(): Date | undefined {
    return this.#expiresAtMs === undefined ? undefined : new Date(this.#expiresAtMs);
  }

  /** Claims are not for screens and logs, whatever `util.inspect` is asked to show. */
  [Symbol.for("nodejs.util.inspect.custom")](
    _depth: number,
    options: object,
    inspect: (value: object, options: object) => string,
  ): string {
    const { domain, authenticated, principal } = this;
    return `AuthContext ${inspect({ domain, authenticated, principal }, options)}`;
  }

  /** Returns itself; throws {@link AuthError} `PERMISSION_DENIED` when nothing was proven. */
  requireAuthenticated(): Authenticated {
    if (this.principal === undefined) throw new AuthError({ reason: "missing" });
    return this as Authenticated; // checked on the line above
  }
}

/** A context of which something was proven. */
export type Authenticated = AuthContext & { readonly principal: string };

/** A copy that nobody can change; what is neither a plain object nor an array is kept as it is. */
function frozen(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozen));
  if (!isPlainObject(value)) return value;
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, of]) => [key, frozen(of)])),
  );
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
