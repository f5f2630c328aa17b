import type { JSONWebKeySet } from "jose";
import { type Clock } from "../base/index.ts";
import { AuthSetupError } from "./error.ts";
import {
  JWKS_CACHE_MS,
  JWKS_COOL_DOWN_MS,
  JWKS_FETCH_MS,
  JWKS_STALE_MS,
  MAX_JWKS_BYTES,
} from "./limits.ts";

/** As the global one. */
export type Fetch = (url: URL, init: FetchInit) => Promise<Response>;

interface FetchInit {
  readonly signal: AbortSignal;
  readonly redirect: "error";
  readonly headers: Readonly<Record<string, string>>;
}

export interface JwksOptions {
  /** Default: the global one. */
  readonly fetch?: Fetch | undefined;
  /** Default: the machine's. */
  readonly clock?: Pick<Clock, "now"> | undefined;
  /** Default 5,000. */
  readonly fetchMs?: number | undefined;
}

/**
 * An issuer's key set, fetched when it is first needed and kept for ten minutes. A key id that it does
 * not have makes it be fetched anew, but never twice in half a minute, whoever invents key ids. When
 * it cannot be had anew, the old one does for another hour.
 */
export class Jwks {
  readonly #url: URL;
  readonly #fetch: Fetch;
  readonly #clock: Pick<Clock, "now">;
  readonly #fetchMs: number;
  #keys: JSONWebKeySet | undefined;
  #fetchedAtMs = -Infinity;
  #triedAtMs = -Infinity;
  #under: Promise<JSONWebKeySet> | undefined;

  /** Throws `AuthSetupError` `OPTION_INVALID` for anything but https, or http to this machine. */
  constructor(uri: string, options: JwksOptions = {}) {
    this.#url = safeUrl(uri);
    this.#fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    this.#clock = options.clock ?? performance;
    this.#fetchMs = options.fetchMs ?? JWKS_FETCH_MS;
  }

  /** Rejects with `AuthSetupError` `JWKS_UNAVAILABLE`. */
  async current(): Promise<JSONWebKeySet> {
    if (this.#keys !== undefined && this.#ageMs < JWKS_CACHE_MS) return this.#keys;
    try {
      return await this.#refresh();
    } catch (error) {
      if (this.#keys === undefined || this.#ageMs >= JWKS_CACHE_MS + JWKS_STALE_MS) throw error;
      return this.#keys;
    }
  }

  /** The set after `known`, which lacks a key; `undefined` when it is too early to ask again. */
  async after(known: JSONWebKeySet): Promise<JSONWebKeySet | undefined> {
    if (this.#keys !== known) return this.#keys;
    return this.#mayTry() ? await this.#refresh() : undefined;
  }

  get #ageMs(): number {
    return this.#clock.now() - this.#fetchedAtMs;
  }

  /** One fetch for all who wait. */
  async #refresh(): Promise<JSONWebKeySet> {
    if (this.#under !== undefined) return await this.#under;
    if (!this.#mayTry()) throw unavailable("it could not be had a moment ago");
    this.#triedAtMs = this.#clock.now();
    this.#under = this.#load();
    try {
      this.#keys = await this.#under;
      this.#fetchedAtMs = this.#triedAtMs;
      return this.#keys;
    } finally {
      this.#under = undefined;
    }
  }

  #mayTry(): boolean {
    return this.#under !== undefined || this.#clock.now() - this.#triedAtMs >= JWKS_COOL_DOWN_MS;
  }

  async #load(): Promise<JSONWebKeySet> {
    try {
      const response = await this.#fetch(this.#url, {
        signal: AbortSignal.timeout(this.#fetchMs),
        redirect: "error",
        headers: { accept: "application/jwk-set+json, application/json" },
      });
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      return keySetIn(JSON.parse(await textOf(response)));
    } catch (cause) {
      throw unavailable("it cannot be fetched", cause);
    }
  }
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: AsyncIterable<Uint8Array> | readonly never[] = body ?? [];
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > MAX_JWKS_BYTES) throw new Error(`more than ${MAX_JWKS_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** `jose` looks at each key before it uses it. */
function keySetIn(value: unknown): JSONWebKeySet {
  const { keys } = Object(value) as { readonly keys?: unknown }; // nothing has no members
  if (!Array.isArray(keys)) throw new Error("not a key set");
  return { keys: keys as JSONWebKeySet["keys"] };
}

function safeUrl(uri: string): URL {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const local = /^(127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? "");
  if (url?.protocol === "https:" || (url?.protocol === "http:" && local)) return url;
  throw new AuthSetupError("OPTION_INVALID", "jwksUri begins with https:, or leads to 127.0.0.1");
}

function unavailable(why: string, cause?: unknown): AuthSetupError {
  return new AuthSetupError("JWKS_UNAVAILABLE", `the issuer's key set: ${why}`, cause);
}
