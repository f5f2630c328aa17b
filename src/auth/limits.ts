/** Characters of a presented credential; no token that travels in an HTTP header is longer. */
export const MAX_CREDENTIAL_CHARACTERS = 16 * 1024;

/** Bytes of a key set. Ours: some fifty RSA keys with their certificates. */
export const MAX_JWKS_BYTES = 256 * 1024;

/** How long a fetched key set is believed. RFC 7517 names none; ours, as most verifiers have it. */
export const JWKS_CACHE_MS = 10 * 60_000;

/**
 * How much longer it is believed while the issuer's server is out of reach. Ours: an outage should
 * turn nobody away, and a key that the issuer has withdrawn must not live on for days.
 */
export const JWKS_STALE_MS = 60 * 60_000;

/** Between two fetches of a key set, whatever key ids are presented meanwhile. Ours. */
export const JWKS_COOL_DOWN_MS = 30_000;

/** Until a key set must have arrived whole. Ours. */
export const JWKS_FETCH_MS = 5_000;

/** How far the issuer's calendar may differ from ours. Ours; RFC 7519 allows "a few minutes". */
export const CLOCK_TOLERANCE_MS = 30_000;
