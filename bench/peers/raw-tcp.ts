import { type AddressInfo, connect, createServer } from "node:net";
import { channelOfStream } from "./streams.ts";
import { type TransportPeer } from "./transport-peer.ts";

/** No protection at all: what the machine itself can do. */
export const rawTcp: TransportPeer = {
  listen: (accepted) =>
    new Promise((resolve) => {
      const server = createServer({ noDelay: true }, (socket) => {
        accepted(channelOfStream(socket, socket));
      });
      server.listen(0, "127.0.0.1", () => {
        resolve({ address: String((server.address() as AddressInfo).port) });
      });
    }),
  dial: (address) =>
    new Promise((resolve, reject) => {
      const socket = connect({ port: Number(address), host: "127.0.0.1", noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        resolve(channelOfStream(socket, socket));
      });
    }),
};
