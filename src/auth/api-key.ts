import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import {
  accepted,
  type Authenticator,
  type EpochMs,
  NotMine,
  presented,
  type Proof,
  refusal,
} from "./authenticator.ts";

/**
 * What a store keeps of an API key. Whoever reads it cannot make the key of it. A plain SHA-256 is
 * enough for that: the secret is 256 random bits, which nobody guesses at any speed. A slow hash is
 * for passwords, and would let strangers burn our time with keys that are none.
 */
export interface ApiKeyRecord extends Proof {
  /** SHA-256 of the secret's text, hexadecimal. */
  readonly hash: string;
}

/** Where keys are looked up by their ids, which are no secret. */
export interface ApiKeyStore {
  find(id: string): ApiKeyRecord | undefined | PromiseLike<ApiKeyRecord | undefined>;
}

/** By which calendar keys end. */
export interface ApiKeyOptions {
  /** Default: the machine's calendar. */
  readonly epochMs?: EpochMs | undefined;
}

/**
 * Whoever has a key `hfk.<id>.<secret>` of this store; anything of another form is not ours. A key
 * that the store does not know, or knows otherwise, is refused as `invalid`. Its domain is `api-key`.
 */
export function apiKey(store: ApiKeyStore, { epochMs }: ApiKeyOptions = {}): Authenticator {
  return async (credential, presenter) => {
    const [, id, secret] = KEY.exec(presented(credential)) ?? [];
    if (id === undefined || secret === undefined) throw new NotMine();
    const record = await store.find(id);
    const known = Buffer.from(record?.hash ?? NO_HASH, "hex");
    const digest = createHash("sha256").update(secret).digest();
    const same = known.length === digest.length && timingSafeEqual(digest, known);
    if (record === undefined || !same) throw refusal("invalid", `no such API key: ${id}`);
    return accepted(record, { domain: "api-key", presenter, epochMs });
  };
}

/** A key that was just made, in the part for its owner and the parts for the store. */
export interface NewApiKey {
  /** No secret. */
  readonly id: string;
  /** For its owner, who sees it this once. */
  readonly key: string;
  /** For the store, under the id. */
  readonly hash: string;
}

/** Makes a key of 256 random bits. */
export function newApiKey(): NewApiKey {
  const id = randomBytes(9).toString("base64url");
  const secret = randomBytes(32).toString("base64url");
  const hash = createHash("sha256").update(secret).digest("hex");
  return { id, key: `hfk.${id}.${secret}`, hash };
}

const KEY = /^hfk\.([\w-]{1,64})\.([\w-]{43})$/;

/** No secret has it. */
const NO_HASH = "00".repeat(32);
