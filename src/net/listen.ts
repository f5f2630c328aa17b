import {
  type Ephemeral,
  isForeign,
  type KeyPair,
  offersOf,
  type Suite,
  wrongNetwork,
} from "../shs/index.ts";
import { acceptWire } from "./accept.ts";
import { type ListenAddress, type PeerAddress } from "./address.ts";
import { Door, type DoorOptions } from "./door.ts";
import { ephemeralsOf } from "./ephemeral-pool.ts";
import { withDefaults } from "./limits.ts";

export interface ListenOptions extends DoorOptions {
  readonly keyPair: KeyPair;
  /** The network identifier, 32 bytes. */
  readonly network: Uint8Array;
  /** What we can be dialled with; box-stream and compact exclude each other. */
  readonly suites: readonly Suite[];
  /** Whether our own key may be at the other end; default `refuse`. */
  readonly selfConnect?: "allow" | "refuse" | undefined;
  readonly ephemeral?: (() => Ephemeral) | undefined;
}

/** An open door. */
export interface RoadListener {
  /** What we really listen on; the port is never 0. */
  readonly address: ListenAddress;
  /** What to hand to those who should dial us, one for each suite; `host` as they should see it. */
  peerAddresses(host?: string): readonly PeerAddress[];
  /** Accepts nobody more and hangs up on handshakes; the roads that are open stay. */
  close(): Promise<void>;
  /** Connections without a road yet, open roads, and addresses remembered. */
  readonly counts: Door["counts"];
}

/**
 * Listens. Rejects with `NetError` `PORT_IN_USE`, `PORT_FORBIDDEN`, `ADDRESS_UNAVAILABLE`,
 * `HOST_NOT_FOUND`; throws `ShsError` `NETWORK_INVALID` when the suites cannot be told apart.
 */
export async function listen(options: ListenOptions): Promise<RoadListener> {
  const { keyPair, network, suites, selfConnect = "refuse" } = options;
  const { ephemeral = ephemeralsOf(withDefaults(options.limits).pairsAhead) } = options;
  const offers = offersOf(network, suites);
  const door = new Door(options, {
    foreign: (firstBytes) => (isForeign(firstBytes, offers) ? wrongNetwork : undefined),
    greet: ({ socket, address }, terms, events) => {
      acceptWire(socket, address, { ...terms, keyPair, offers, selfConnect, ephemeral }, events);
    },
  });
  await door.open();
  return {
    address: door.address,
    peerAddresses(host = door.address.host) {
      const { port, path } = door.address;
      return offers.map(({ suite }) =>
        path === undefined
          ? { id: keyPair.id, host, port, suite }
          : { id: keyPair.id, host: "", port: 0, path, suite },
      );
    },
    get counts() {
      return door.counts;
    },
    close: () => door.close(),
  };
}
