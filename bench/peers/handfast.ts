import {
  dial,
  listen,
  parsePeerAddress,
  printPeerAddress,
  type SecureSocket,
} from "../../src/net/index.ts";
import {
  generateSeed,
  KeyPair,
  networkIdentifier,
  ready,
  type Suite,
} from "../../src/shs/index.ts";
import { type Channel, type TransportPeer } from "./transport-peer.ts";

/** handfast in one of its suites. */
export function handfast(suite: Suite): TransportPeer {
  return {
    async listen(accepted) {
      await ready();
      const door = await listen({
        address: { host: "127.0.0.1", port: 0 },
        keyPair: KeyPair.fromSeed(generateSeed()),
        network: networkIdentifier("bench"),
        suites: [suite],
        admit: () => true,
        accepted: (socket) => {
          accepted(channelOf(socket));
        },
      });
      return { address: door.peerAddresses().map(printPeerAddress)[0] ?? "" };
    },
    async dial(address) {
      await ready();
      const keyPair = KeyPair.fromSeed(generateSeed());
      const network = networkIdentifier("bench");
      return channelOf(await dial({ address: parsePeerAddress(address), keyPair, network }));
    },
  };
}

function channelOf(socket: SecureSocket): Channel {
  let take: (bytes: Uint8Array) => void = () => {};
  let drained: () => void = () => {};
  socket.start({
    data: (bytes) => {
      take(bytes);
    },
    ended: () => {
      socket.end();
    },
    drain: () => {
      drained();
    },
    closed: () => {},
  });
  return {
    onData: (next) => (take = next),
    write: (bytes) => socket.write(bytes),
    onceDrained: (go) => {
      drained = () => {
        drained = () => {};
        go();
      };
    },
    close: () => {
      socket.destroy();
    },
    wireBytes: () => socket.counters.wireSentBytes,
  };
}
