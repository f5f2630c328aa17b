import { BoxStreamOpener, BoxStreamSealer } from "./box-stream.ts";
import { directionKey, directionNonce } from "./key-schedule.ts";
import { hkdfExpand32, hkdfExtract, sha256 } from "./primitives.ts";
import { type Opener, type Sealer, type Suite } from "./record.ts";
import { type VerifiedPeer } from "./verified-peer.ts";

/** What a completed handshake leaves behind. */
export interface Session {
  readonly peer: VerifiedPeer;
  readonly suite: Suite;
  readonly sealer: Sealer;
  readonly opener: Opener;
  /**
   * 32 bytes that both ends share and no other connection has (RFC 5056): whoever signs them
   * speaks of this connection.
   */
  readonly channelBinding: Uint8Array;
}

/** What both sides know once M3 is made: everything the records' keys come from. */
export interface Agreement {
  readonly suite: Suite;
  readonly K: Uint8Array;
  readonly Z: Uint8Array;
  /** Long-term public keys. */
  readonly Ap: Uint8Array;
  readonly Bp: Uint8Array;
  /** Ephemeral public keys. */
  readonly ap: Uint8Array;
  readonly bp: Uint8Array;
  /** M1, M2 and M3 as they went over the wire. */
  readonly messages: readonly [Uint8Array, Uint8Array, Uint8Array];
}

export type Direction = "c2s" | "s2c";

export function createSealer(agreement: Agreement, direction: Direction): Sealer {
  const { key, nonce } = boxStreamKeys(agreement, direction);
  return new BoxStreamSealer(key, nonce);
}

export function createOpener(agreement: Agreement, direction: Direction): Opener {
  const { key, nonce } = boxStreamKeys(agreement, direction);
  return new BoxStreamOpener(key, nonce);
}

/** `Expand(PRK, domain ‖ "bind" ‖ h(M1‖M2‖M3‖M4), 32)`. */
export function channelBinding(agreement: Agreement, m4: Uint8Array): Uint8Array {
  return hkdfExpand32(
    recordSecret(agreement),
    domainOf(agreement.suite),
    BIND,
    sha256(...agreement.messages, m4),
  );
}

/** `PRK = HKDF-Extract-SHA256(salt h(M1‖M2‖M3), Z)`: early data is sealed before M4 exists. */
function recordSecret({ messages, Z }: Agreement): Uint8Array {
  return hkdfExtract(sha256(...messages), Z);
}

/** Both suites of Scuttlebutt's family start from the same key and nonce. */
function boxStreamKeys(
  { K, Z, Ap, Bp, ap, bp }: Agreement,
  direction: Direction,
): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  const towardsServer = direction === "c2s";
  return {
    key: directionKey(Z, towardsServer ? Bp : Ap),
    nonce: directionNonce(K, towardsServer ? bp : ap),
  };
}

function domainOf(suite: Suite): Uint8Array {
  return Uint8Array.from(Buffer.from(`handfast/shs1+${suite}/v1`, "ascii"));
}

const BIND = Uint8Array.from(Buffer.from("bind", "ascii"));
