import {
  type AnonymousPeer,
  type Claims,
  type Peer,
  type PeerId,
  type Transport,
} from "../base/index.ts";
import { printHostPort } from "./address.ts";

/** Begins and ends with the road. */
export interface RoadLife {
  /** The handshake is over, and this is what both ends have in common, if it left them anything. */
  established(channelBinding: Uint8Array | undefined): void;
  /** The road is gone. */
  abort(reason: unknown): void;
}

/** Whoever is at the other end. The signal is made when first asked for: most are never asked. */
abstract class RoadEnd implements RoadLife {
  readonly address: string;
  readonly transport: Transport;
  #channelBinding: Uint8Array | undefined;
  #controller: AbortController | undefined;
  #gone: { readonly reason: unknown } | undefined;

  constructor(address: string, transport: Transport) {
    this.address = address;
    this.transport = transport;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#gone !== undefined) this.#controller.abort(this.#gone.reason);
    }
    return this.#controller.signal;
  }

  get channelBinding(): Uint8Array | undefined {
    return this.#channelBinding?.slice();
  }

  established(channelBinding: Uint8Array | undefined): void {
    this.#channelBinding = channelBinding;
  }

  abort(reason: unknown): void {
    this.#gone ??= { reason };
    this.#controller?.abort(reason);
  }
}

/** The peer of a road that proved its key. */
export class RoadPeer extends RoadEnd implements Peer {
  readonly id: PeerId;
  readonly #claims: Claims | undefined;

  constructor(id: PeerId, address: string, transport: Transport, claims?: Claims) {
    super(address, transport);
    this.id = id;
    this.#claims = claims;
  }

  /** An accessor, so that claims show up neither in `util.inspect` nor in JSON. */
  get claims(): Claims | undefined {
    return this.#claims;
  }
}

/** The peer of a road that proves nothing. */
export class UnknownPeer extends RoadEnd implements AnonymousPeer {
  readonly id = undefined;
}

/** Where a socket's bytes come from; an IPv4 address mapped into IPv6 is shown as IPv4. */
export function remoteAddressOf(socket: {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}): string {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) return "unknown";
  return printHostPort(unmapped(remoteAddress), remotePort);
}

/** `::ffff:192.0.2.1` is 192.0.2.1 (RFC 4291 §2.5.5.2). */
export function unmapped(host: string): string {
  if (!host.startsWith("::")) return host; // most: spares the search
  return /^::ffff:([\d.]+)$/i.exec(host)?.[1] ?? host;
}
