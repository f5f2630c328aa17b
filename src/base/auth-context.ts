import { HandfastError } from "./errors.ts";
import { type AnonymousPeer, type Claims, type Peer } from "./peer.ts";

/** The authority check failed. Its message crosses the wire, so it says nothing but that. */
export class AuthError extends HandfastError<"PERMISSION_DENIED"> {
  constructor(message = "permission denied") {
    super("PERMISSION_DENIED", message, { blame: "caller" });
  }
}

export interface AuthContextInit {
  /** Which proof: `shs`, `mtls`, or the name of an authenticator. */
  readonly domain: string;
  readonly principal: string;
  readonly claims?: Claims | undefined;
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

  static readonly #anonymous = new AuthContext(undefined);

  private constructor(init: AuthContextInit | undefined) {
    this.domain = init?.domain ?? null;
    this.authenticated = init !== undefined;
    this.principal = init?.principal;
    this.#claims = Object.freeze({ ...init?.claims });
    Object.freeze(this);
  }

  static of(init: AuthContextInit): AuthContext {
    return new AuthContext(init);
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

  /** Returns itself; throws {@link AuthError} `PERMISSION_DENIED` when nothing was proven. */
  requireAuthenticated(): AuthContext & { readonly principal: string } {
    if (this.principal === undefined) throw new AuthError();
    return this as AuthContext & { readonly principal: string }; // checked on the line above
  }
}
