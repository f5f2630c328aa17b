import { AuthError } from "../base/index.ts";
import {
  accepted,
  type Authenticator,
  type EpochMs,
  NotMine,
  presented,
  type Presenter,
  refusal,
} from "./authenticator.ts";

/**
 * What this library asks of one that knows macaroons: none that is maintained can be recommended, so
 * bring the one you trust.
 */
export interface MacaroonLibrary {
  /**
   * Verifies the signature under the root key of its identifier, and calls `check` with each
   * first-party caveat, which throws when it does not hold. Resolves with the identifier;
   * `undefined` when `token` is no macaroon. Rejects when it does not verify.
   */
  verify(
    token: string,
    check: (caveat: string) => void,
  ):
    | { readonly identifier: string }
    | undefined
    | PromiseLike<{ readonly identifier: string } | undefined>;
}

/** Who verifies macaroons, whose they are, and what their caveats mean. */
export interface MacaroonOptions {
  readonly library: MacaroonLibrary;
  /** Whose macaroon has this identifier; `undefined` for nobody's. */
  readonly principalOf: (
    identifier: string,
  ) => string | undefined | PromiseLike<string | undefined>;
  /**
   * Whether a caveat of the application's own holds, by the word before its `=`. One that nobody
   * knows never holds, so that a macaroon never gains by being misunderstood.
   */
  readonly caveats?:
    Readonly<Record<string, (value: string, presenter: Presenter) => boolean>> | undefined;
  /** Default: the machine's calendar. */
  readonly epochMs?: EpochMs | undefined;
}

/**
 * Whoever presents a macaroon that verifies and whose caveats all hold. Known besides the
 * application's own: `expires = <ISO date>`, and `peer = <peer id>`, which binds it to a key. Its
 * domain is `macaroon`.
 */
export function macaroon(options: MacaroonOptions): Authenticator {
  const { library, principalOf, caveats = {}, epochMs = Date.now } = options;
  return async (credential, presenter) => {
    let expiresAt: Date | undefined;
    let broken: AuthError | undefined;
    const judge = (caveat: string): void => {
      const [, name = "", value = ""] = CAVEAT.exec(caveat) ?? [];
      if (name === "expires") {
        const end = new Date(value);
        if (!(end.getTime() > epochMs())) throw refusal("expired", "a caveat says so");
        if (expiresAt === undefined || end < expiresAt) expiresAt = end;
      } else if (name === "peer") {
        if (value !== presenter.peer.id) throw refusal("invalid", "it is bound to another key");
      } else if (!Object.hasOwn(caveats, name) || caveats[name]?.(value, presenter) !== true) {
        throw refusal("insufficient_scope", `the caveat ${name} does not hold`);
      }
    };
    const check = (caveat: string): void => {
      try {
        judge(caveat);
      } catch (error) {
        broken ??= error instanceof AuthError ? error : refusal("invalid", String(error));
        throw error;
      }
    };
    const token = presented(credential);
    let found: { readonly identifier: string } | undefined;
    try {
      found = await library.verify(token, check);
    } catch (error) {
      broken ??= refusal("invalid", error instanceof Error ? error.message : "not verified");
    }
    if (broken !== undefined) throw broken; // whatever the library made of it
    if (found === undefined) throw new NotMine();
    const principal = await principalOf(found.identifier);
    if (principal === undefined) throw refusal("invalid", "nobody has such a macaroon");
    return accepted({ principal, expiresAt }, { domain: "macaroon", presenter, epochMs });
  };
}

const CAVEAT = /^(\w+) *= *(.*)$/s;
