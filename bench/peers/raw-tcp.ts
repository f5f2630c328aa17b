import { type AddressInfo, connect, createServer } from "node:net";
import { HOST } from "./address.ts";
import { channelOfStream } from "./streams.ts";
import { type ChannelPeer } from "./channel-peer.ts";

/** No protection at all: what the machine itself can do. */
export const rawTcp: ChannelPeer = {
  listen: (accepted) =>
    new Promise((resolve) => {
      const server = createServer({ noDelay: true }, (socket) => {
        accepted(channelOfStream(socket, socket));
      });
      server.listen(0, HOST, () => {
        resolve({ port: (server.address() as AddressInfo).port, rest: "" });
      });
    }),
  dial: ({ port }) =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: HOST, noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        resolve(channelOfStream(socket, socket));
      });
    }),
};
