import { AeadOpener, AeadSealer } from "./aead-stream.ts";
import { BoxStreamOpener, BoxStreamSealer } from "./box-stream.ts";
import { CompactOpener, CompactSealer } from "./compact-stream.ts";
import { directionKey, directionNonce } from "./key-schedule.ts";
import { AEAD64K_DOMAIN } from "./network.ts";
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

/** What both sides know once M3 is made. */
export interface Terms {
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

/** Everything the records' keys come from. */
export interface Agreement extends Terms {
  /** `PRK = HKDF-Extract-SHA256(salt h(M1‖M2‖M3), Z)`: early data is sealed before M4 exists. */
  readonly PRK: Uint8Array;
}

export function agree(terms: Terms): Agreement {
  return { ...terms, PRK: hkdfExtract(sha256(...terms.messages), terms.Z) };
}

export type Direction = "c2s" | "s2c";

export function createSealer(agreement: Agreement, direction: Direction): Sealer {
  const { suite } = agreement;
  switch (suite) {
    case "aead64k":
      return new AeadSealer(aeadKey(agreement, direction));
    case "box-stream":
      return new BoxStreamSealer(...boxKeys(agreement, direction));
    case "compact":
      return new CompactSealer(...boxKeys(agreement, direction));
    default:
      return suite satisfies never;
  }
}

export function createOpener(agreement: Agreement, direction: Direction): Opener {
  const { suite } = agreement;
  switch (suite) {
    case "aead64k":
      return new AeadOpener(aeadKey(agreement, direction));
    case "box-stream":
      return new BoxStreamOpener(...boxKeys(agreement, direction));
    case "compact":
      return new CompactOpener(...boxKeys(agreement, direction));
    default:
      return suite satisfies never;
  }
}

/** `Expand(PRK, domain ‖ "bind" ‖ h(M1‖M2‖M3‖M4), 32)`. */
export function channelBinding(agreement: Agreement, m4: Uint8Array): Uint8Array {
  return hkdfExpand32(
    agreement.PRK,
    DOMAIN[agreement.suite],
    BIND,
    sha256(...agreement.messages, m4),
  );
}

/** `Expand(PRK, D ‖ "c2s" | "s2c" ‖ Ap ‖ Bp, 32)` */
function aeadKey({ PRK, Ap, Bp }: Agreement, direction: Direction): Uint8Array {
  return hkdfExpand32(PRK, AEAD64K_DOMAIN, DIRECTION[direction], Ap, Bp);
}

/** Key and first nonce of box-stream, which compact shares. */
function boxKeys(
  { K, Z, Ap, Bp, ap, bp }: Agreement,
  direction: Direction,
): [key: Uint8Array, nonce: Uint8Array] {
  return direction === "c2s"
    ? [directionKey(Z, Bp), directionNonce(K, bp)]
    : [directionKey(Z, Ap), directionNonce(K, ap)];
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "ascii"));
}

const DOMAIN: Readonly<Record<Suite, Uint8Array>> = {
  aead64k: AEAD64K_DOMAIN,
  "box-stream": ascii("handfast/shs1+box-stream/v1"),
  compact: ascii("handfast/shs1+compact/v1"),
};
const DIRECTION: Readonly<Record<Direction, Uint8Array>> = { c2s: ascii("c2s"), s2c: ascii("s2c") };
const BIND = ascii("bind");
