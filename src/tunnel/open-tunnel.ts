import {
  DEFAULT_LIMITS,
  dial,
  listenPlain,
  type NetLimits,
  parsePeerAddress,
  parsePlainAddress,
  type PlainRoad,
  printPlace,
  requireThisMachine,
  type SecureSocket,
} from "../net/index.ts";
import { networkIdentifier, ready } from "../shs/index.ts";
import { Identity } from "../vat/index.ts";
import { join } from "./join.ts";
import { Line } from "./line.ts";
import { Traffic } from "./traffic.ts";
import { type Incident, type TunnelEnd, tunnelEnd, tunnelLimits } from "./tunnel.ts";

/** Where the near end of a tunnel listens, and where it leads. */
export interface OpenTunnelOptions {
  /** With whose key the peer is dialled. */
  readonly identity: Identity;
  /** As a vat's. */
  readonly network: string | Uint8Array;
  /** `127.0.0.1:port` or `unix:/path`, of this machine; port 0 picks a free one. */
  readonly listen: string;
  /** The other end: `capnp://ed25519:<key>@host:port` or `net:host:port~shs:<key>`. */
  readonly to: string;
  /** What a road may cost, where the defaults do not suit. */
  readonly limits?: Partial<NetLimits> | undefined;
  /** Closes the tunnel, as `close()` does. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each connection that came to nothing or was cut. */
  readonly failed?: ((incident: Incident) => void) | undefined;
}

/**
 * The near end of a tunnel: each plain connection it accepts is joined to a road of its own to the
 * peer. Whoever can connect there speaks with our key. Rejects with `NetError` `INSECURE` for a
 * place that other machines reach, `PORT_IN_USE` and the like.
 */
export async function openTunnel(options: OpenTunnelOptions): Promise<TunnelEnd> {
  const address = parsePeerAddress(options.to);
  const place = parsePlainAddress(options.listen, 0);
  requireThisMachine(place);
  const { failed } = options;
  const keyPair = Identity.keyPairOf(options.identity);
  const network = networkIdentifier(options.network);
  const limits = tunnelLimits(options.limits);
  const traffic = new Traffic();
  const line = new Line(DIALS_AT_ONCE);
  await ready();
  const connect = async (inner: PlainRoad): Promise<void> => {
    const from = inner.peer.address;
    let road: SecureSocket;
    try {
      const { signal } = traffic;
      road = await line.wait(() => dial({ address, keyPair, network, limits, signal }));
    } catch (error) {
      traffic.refused();
      inner.destroy();
      failed?.({ error, from });
      return;
    }
    const error = await traffic.follow(road, join(inner, road));
    if (error !== undefined) failed?.({ error, from });
  };
  const door = await listenPlain({ address: place, limits }, (inner) => {
    void connect(inner);
  });
  return tunnelEnd([printPlace(door.address)], traffic, () => door.close(), options.signal);
}

/** Half the handshakes that a listener bears from one address; the rest is for its other programs. */
const DIALS_AT_ONCE = DEFAULT_LIMITS.maxHandshakesPerAddress / 2;
