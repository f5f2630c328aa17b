import { type PeerId } from "./peer-id.ts";

/**
 * The road a call came by: `shs` proves a key, `mtls` a certificate, `memory`, `tcp` and `unix` nothing;
 * `local` is this vat calling itself.
 */
export type Transport = "shs" | "mtls" | "memory" | "tcp" | "unix" | "local";

/** What a proof says of its principal, by name; values are as in JSON. */
export type Claims = Readonly<Record<string, unknown>>;

/** Who is at the other end of one connection, as far as the road could prove it. */
export interface Peer {
  /** Proven: the peer holds the secret of this id. */
  readonly id: PeerId;
  /** Where the bytes come from, such as `203.0.113.7:51334`. A hint for logs, never a proof. */
  readonly address: string;
  readonly transport: Transport;
  /**
   * What the peer's certificate says of itself, on roads that have one: `subject`, `serialNumber`,
   * `validFrom`, `validTo`. No authority vouches for it; only the `id` is proven.
   */
  readonly claims?: Claims | undefined;
  /**
   * 32 bytes that this connection has in common with its other end and with no other connection: a
   * proof that is made over them holds here only (RFC 5056; of TLS, RFC 9266). Absent on roads that
   * prove nothing, and until the handshake is over.
   */
  readonly channelBinding?: Uint8Array | undefined;
  /** Aborts when the connection is gone. */
  readonly signal: AbortSignal;
}

/** A peer on a road that proves no key; only `anonymousBootstrap` ever gets one. */
export type AnonymousPeer = Omit<Peer, "id"> & { readonly id?: undefined };

/** How a call came. For logs and for the curious: what counts is in the peer and the auth. */
export interface TransportMetadata {
  /** Where the bytes came from, such as `203.0.113.7:51334`. */
  readonly remoteAddress: string;
  readonly transport: Transport;
  /** How the records were sealed, such as `aead64k`; absent where nothing is, or TLS does it. */
  readonly suite?: string | undefined;
}
