import { type AddressInfo, connect as connectTcp } from "node:net";
import { connect, createServer } from "node:tls";
import { HOST } from "./address.ts";
import { type ClientCredentials, selfSigned } from "./certificate.ts";
import { channelOfStream } from "./streams.ts";
import { type ChannelPeer } from "./channel-peer.ts";

/** Node's TLS 1.3 with a certificate on each side (Ed25519), both made for the run. */
export const nodeMtls: ChannelPeer = {
  listen: (accepted) =>
    new Promise((resolve) => {
      const [ours, theirs] = [selfSigned(), selfSigned()];
      const server = createServer(
        {
          ...ours,
          ca: [theirs.cert],
          requestCert: true,
          rejectUnauthorized: true,
          minVersion: "TLSv1.3",
          noDelay: true,
        },
        (socket) => {
          accepted(channelOfStream(socket, socket));
        },
      );
      server.on("tlsClientError", () => {});
      server.listen(0, HOST, () => {
        const { port } = server.address() as AddressInfo;
        const credentials: ClientCredentials = { ...theirs, ca: ours.cert };
        resolve({ port, rest: JSON.stringify(credentials) });
      });
    }),
  dial: ({ port, rest }) =>
    new Promise((resolve, reject) => {
      const { ca, key, cert } = JSON.parse(rest) as ClientCredentials;
      const wire = connectTcp({ port, host: HOST, noDelay: true });
      const socket = connect({
        socket: wire,
        ca,
        key,
        cert,
        minVersion: "TLSv1.3",
        checkServerIdentity: () => undefined, // pinned by its certificate
      });
      socket.once("error", reject);
      socket.once("secureConnect", () => {
        resolve(channelOfStream(socket, wire));
      });
    }),
};
