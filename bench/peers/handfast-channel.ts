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
import { HOST } from "./address.ts";
import { type Channel, type ChannelPeer } from "./channel-peer.ts";

/** handfast in one of its suites. */
export function handfastChannel(suite: Suite): ChannelPeer {
  let dialler: KeyPair | undefined;
  return {
    async listen(accepted) {
      await ready();
      const door = await listen({
        address: { host: HOST, port: 0 },
        keyPair: KeyPair.fromSeed(generateSeed()),
        network: networkIdentifier("bench"),
        suites: [suite],
        admit: () => true,
        limits: { maxRoadsPerKey: 20_000 }, // the suites dial ten thousand times from one process
        accepted: (socket) => {
          accepted(channelOf(socket));
        },
      });
      const [address] = door.peerAddresses();
      if (address === undefined) throw new Error("no address");
      return { port: address.port, rest: printPeerAddress(address) };
    },
    async dial({ rest }) {
      await ready();
      const keyPair = (dialler ??= KeyPair.fromSeed(generateSeed()));
      const network = networkIdentifier("bench");
      return channelOf(await dial({ address: parsePeerAddress(rest), keyPair, network }));
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
