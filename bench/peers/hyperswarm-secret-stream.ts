import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type Duplex } from "node:stream";
import SecretStream from "@hyperswarm/secret-stream";
import { channelOfStream } from "./streams.ts";
import { type Channel, type TransportPeer } from "./transport-peer.ts";

/** Noise XX over TCP, as hyperswarm speaks it, with sodium-native. */
export const hyperswarmSecretStream: TransportPeer = {
  listen: (accepted) =>
    new Promise((resolve) => {
      const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
        open(false, socket).then(accepted, () => {});
      });
      server.listen(0, "127.0.0.1", () => {
        resolve({ address: String((server.address() as AddressInfo).port) });
      });
    }),
  dial: (address) =>
    open(true, connect({ port: Number(address), host: "127.0.0.1", noDelay: true })),
};

function open(initiator: boolean, socket: Socket): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const stream = new SecretStream(initiator, socket) as Duplex;
    stream.once("error", reject);
    stream.once("connect", () => {
      resolve(channelOfStream(stream, socket));
    });
  });
}
