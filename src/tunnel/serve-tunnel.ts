import { abortWith } from "../base/index.ts";
import {
  dialPlain,
  listen,
  type NetLimits,
  parseHost,
  parseListenAddress,
  parsePlainAddress,
  type PlainRoad,
  printPeerAddress,
  proxyHeader,
  realClock,
  requireThisMachine,
  type SecureSocket,
} from "../net/index.ts";
import { networkIdentifier, ready, type Suite } from "../shs/index.ts";
import { type Admit, Identity } from "../vat/index.ts";
import { join } from "./join.ts";
import { Traffic } from "./traffic.ts";
import { type Incident, type TunnelEnd, tunnelEnd, tunnelLimits } from "./tunnel.ts";

/** Where the far end of a tunnel listens, for whom, and for which service. */
export interface ServeTunnelOptions {
  /** Whose key peers dial. */
  readonly identity: Identity;
  /** As a vat's. */
  readonly network: string | Uint8Array;
  /** `tcp://host:port` or `unix:/path`; port 0 picks a free one. */
  readonly listen: string;
  /** The service: `host:port` or `unix:/path`. */
  readonly to: string;
  /** Who may reach the service. */
  readonly admit: Admit;
  /** What we can be dialled with. Default `["aead64k"]`. */
  readonly suites?: readonly Suite[] | undefined;
  /** The host that `addresses` show, when it is not the one listened on. */
  readonly advertise?: string | undefined;
  /**
   * Tells the service who is behind each connection: PROXY protocol v2, with the peer's id in TLV
   * 0xE0. The service must expect it. Default `false`.
   */
  readonly proxyProtocol?: boolean | undefined;
  /**
   * Whether the service may be on another machine, where everybody on the way there reads along.
   * Default `refuse`.
   */
  readonly remoteService?: "allow" | "refuse" | undefined;
  /** What a road may cost, where the defaults do not suit. */
  readonly limits?: Partial<NetLimits> | undefined;
  /** As a vat's `ListenOptions.exempt`. */
  readonly exempt?: ((host: string) => boolean) | undefined;
  /** Closes the tunnel, as `close()` does. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each connection that came to nothing or was cut; the peer is told less. */
  readonly failed?: ((incident: Incident) => void) | undefined;
}

/**
 * Puts a plain service behind a SecretHandshake: each connection of an admitted peer is joined to a
 * connection of its own to the service. Rejects as a vat's `listen` does, and with `NetError`
 * `INSECURE` for a service on another machine.
 */
export async function serveTunnel(options: ServeTunnelOptions): Promise<TunnelEnd> {
  const { identity, network, admit, suites = ["aead64k"], failed } = options;
  const address = parseListenAddress(options.listen);
  const advertise = options.advertise === undefined ? undefined : parseHost(options.advertise);
  const service = parsePlainAddress(options.to, 1);
  if (options.remoteService !== "allow") requireThisMachine(service);
  const limits = tunnelLimits(options.limits);
  const traffic = new Traffic();
  await ready();
  const door = await listen({
    address,
    keyPair: Identity.keyPairOf(identity),
    network: networkIdentifier(network),
    suites,
    admit: admit === "anyone" ? () => true : admit,
    limits,
    exempt: options.exempt,
    accepted: (road, endpoints) => {
      const wanted = options.proxyProtocol === true;
      void forward(road, wanted ? proxyHeader(endpoints(), road.peer.id) : undefined);
    },
    refused: ({ address: from, error }) => {
      traffic.refused();
      failed?.({ error, from });
    },
  });
  const forward = async (road: SecureSocket, header: Uint8Array | undefined): Promise<void> => {
    const from = `${road.peer.id} at ${road.peer.address}`;
    let inner: PlainRoad;
    const dialing = new AbortController();
    const deafen = abortWith(dialing, road.peer.signal, traffic.signal);
    try {
      inner = await dialPlain({ address: service, limits, signal: dialing.signal });
    } catch (error) {
      traffic.refused();
      giveUp(road);
      failed?.({ error, from });
      return;
    } finally {
      deafen();
    }
    if (header !== undefined) inner.write(header);
    const error = await traffic.follow(road, join(road, inner));
    if (error !== undefined) failed?.({ error, from });
  };
  const addresses = door.peerAddresses(advertise).map(printPeerAddress);
  return tunnelEnd(addresses, traffic, () => door.close(), options.signal);
}

const GIVE_UP_MS = 1_000; // ours: to read why; a peer that does not leave then is cut off

/**
 * Tells the peer, where the suite can, that this is not the end of a stream; then hangs up. Not at
 * once: a reset that arrives together with M4 is an end to libuv.
 */
function giveUp(road: SecureSocket): void {
  const cancel = realClock.after(GIVE_UP_MS, () => {
    road.destroy();
  });
  road.start({ data: () => {}, ended: () => {}, drain: () => {}, closed: cancel });
  if (road.suite === "aead64k") {
    road.end({ code: SERVICE_UNAVAILABLE, text: "its service cannot be reached" });
  }
}

/** The code of the close reason. Ours. */
const SERVICE_UNAVAILABLE = 1;
