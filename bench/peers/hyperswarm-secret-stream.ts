import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import SecretStream from "@hyperswarm/secret-stream";
import { HOST } from "./address.ts";
import { channelOfStream } from "./streams.ts";
import { type Channel, type ChannelPeer } from "./channel-peer.ts";

const keyPair = SecretStream.keyPair();

/** Noise XX over TCP, as hyperswarm speaks it, with sodium-native. */
export const hyperswarmSecretStream: ChannelPeer = {
  listen: (accepted) =>
    new Promise((resolve) => {
      const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
        open(false, socket).then(accepted, () => {});
      });
      server.listen(0, HOST, () => {
        resolve({ port: (server.address() as AddressInfo).port, rest: "" });
      });
    }),
  dial: ({ port }) => open(true, connect({ port, host: HOST, noDelay: true })),
};

function open(initiator: boolean, socket: Socket): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const stream = new SecretStream(initiator, socket, { keyPair });
    stream.once("error", reject);
    stream.once("connect", () => {
      resolve(channelOfStream(stream, socket));
    });
  });
}
