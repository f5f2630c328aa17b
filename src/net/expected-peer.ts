import { type PeerAddress, printPlace } from "./address.ts";
import { RoadPeer } from "./road-peer.ts";

/** Who will be at the other end once the handshake with this address has succeeded. */
export function expectedPeer(address: PeerAddress): RoadPeer {
  return new RoadPeer(address.id, printPlace(address), "shs");
}
