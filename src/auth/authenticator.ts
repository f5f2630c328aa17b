import {
  type AnonymousPeer,
  AuthContext,
  type Authenticated,
  AuthError,
  type Claims,
  type Peer,
  type PeerId,
  type RefusalReason,
} from "../base/index.ts";
import { MAX_CREDENTIAL_CHARACTERS } from "./limits.ts";

/** Who presents a credential. The call that brings it is one. */
export interface Presenter {
  readonly peer: Peer | AnonymousPeer;
}

/**
 * Tells who somebody is by what they present, or by the key of their connection. Rejects with
 * `AuthError` to refuse: {@link NotMine} when another authenticator may know better. Any other error
 * means that it cannot judge.
 */
export type Authenticator<Credential = string> = (
  credential: Credential | undefined,
  presenter: Presenter,
) => Promise<Authenticated>;

/** Not a credential of the kind that this authenticator judges: a chain asks the next one. */
export class NotMine extends AuthError {
  constructor(reason: RefusalReason = "invalid") {
    super({ reason });
  }
}

/** What a validation has found. */
export interface Proof {
  readonly principal: string;
  /** Default: the authenticator's own. A principal is unique within its domain only. */
  readonly domain?: string | undefined;
  readonly claims?: Claims | undefined;
  readonly expiresAt?: Date | undefined;
  /** The one peer who may present the credential: stolen, it is of no use. */
  readonly boundTo?: PeerId | undefined;
}

/** A validation of the user's: `undefined` is "not mine", a thrown `AuthError` a refusal. */
export type Validate<Subject> = (
  subject: Subject,
  presenter: Presenter,
) => Proof | undefined | PromiseLike<Proof | undefined>;

/** Milliseconds since 1970, UTC. */
export type EpochMs = () => number;

/** The credential, when there is one that can be looked at. */
export function presented(credential: string | undefined): string {
  if (credential === undefined || credential === "") throw new NotMine("missing");
  if (credential.length > MAX_CREDENTIAL_CHARACTERS) throw refusal("invalid", "it is too long");
  return credential;
}

/** The context of a proof that is still good, from the one who may bring it. */
export function accepted(
  proof: Proof | undefined,
  { domain, presenter, epochMs = Date.now }: Acceptance,
): Authenticated {
  if (proof === undefined) throw new NotMine();
  const { boundTo, expiresAt, principal, claims } = proof;
  if (boundTo !== undefined && boundTo !== presenter.peer.id) {
    throw refusal("invalid", "it is bound to another key");
  }
  if (expiresAt !== undefined && !(expiresAt.getTime() > epochMs())) {
    throw refusal("expired", "its time is over");
  }
  return AuthContext.of({ domain: proof.domain ?? domain, principal, claims, expiresAt });
}

interface Acceptance {
  readonly domain: string;
  readonly presenter: Presenter;
  readonly epochMs?: EpochMs | undefined;
}

/** A refusal whose cause is for the local log, and holds no credential and no claim. */
export function refusal(reason: RefusalReason, why: string): AuthError {
  return new AuthError({ reason, cause: new Error(why) });
}
