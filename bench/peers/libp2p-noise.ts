import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { defaultLogger } from "@libp2p/logger";
import { type Encrypter, noise, type SecuredStream } from "@libp2p/noise";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { AbstractMessageStream, type Parts, type SendResult } from "@libp2p/utils";
import { HOST } from "./address.ts";
import { type Channel, type ChannelPeer } from "./channel-peer.ts";

// libp2p is written for Node 22, which has it.
if (!("withResolvers" in Promise)) {
  const withResolvers = <T>() => {
    let settle!: [resolve: (value: T) => void, reject: (reason?: unknown) => void];
    const promise = new Promise<T>((...both) => (settle = both));
    return { promise, resolve: settle[0], reject: settle[1] };
  };
  Object.assign(Promise, { withResolvers });
}

const logger = defaultLogger();

/** libp2p's Noise XX over TCP, its own defaults, without the rest of libp2p. */
export const libp2pNoise: ChannelPeer = {
  async listen(accepted) {
    const encrypter = await newEncrypter();
    const server = createServer({ noDelay: true }, (socket) => {
      const wire = new SocketStream(socket, "inbound");
      encrypter.secureInbound(wire, { skipStreamMuxerNegotiation: true }).then(
        ({ connection }) => accepted(channelOf(connection, socket)),
        () => socket.destroy(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    return { port: (server.address() as AddressInfo).port, rest: "" };
  },
  async dial({ port }) {
    dialler ??= newEncrypter();
    const encrypter = await dialler;
    const socket = connect({ port, host: HOST, noDelay: true });
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    const wire = new SocketStream(socket, "outbound");
    const { connection } = await encrypter.secureOutbound(wire, {
      skipStreamMuxerNegotiation: true,
    });
    return channelOf(connection, socket);
  },
};

let dialler: Promise<Encrypter> | undefined;

async function newEncrypter(): Promise<Encrypter> {
  const privateKey = await generateKeyPair("Ed25519");
  const upgrader = { getStreamMuxers: () => new Map<string, unknown>() };
  return noise()({ privateKey, peerId: peerIdFromPrivateKey(privateKey), logger, upgrader });
}

function channelOf(stream: SecuredStream, socket: Socket): Channel {
  return {
    onData: (take) => {
      stream.addEventListener("message", ({ data }) => {
        if (data instanceof Uint8Array) take(data);
        else for (const part of data) take(part);
      });
    },
    write: (bytes) => stream.send(bytes),
    onceDrained: (go) => {
      stream.addEventListener("drain", go, { once: true });
    },
    close: () => socket.destroy(),
    wireBytes: () => socket.bytesWritten,
  };
}

/** A TCP socket as libp2p's own transport presents it. */
class SocketStream extends AbstractMessageStream {
  readonly #socket: Socket;

  constructor(socket: Socket, direction: "inbound" | "outbound") {
    super({ log: logger.forComponent("bench"), direction });
    this.#socket = socket;
    socket.on("data", (chunk) => {
      this.onData(chunk);
    });
    socket.on("drain", () => {
      this.safeDispatchEvent("drain");
    });
    socket.on("error", () => {}); // `close` follows
    socket.on("close", () => {
      this.onTransportClosed();
    });
  }

  sendData(data: Parts): SendResult {
    let canSendMore = true;
    for (const part of data) canSendMore = this.#socket.write(part);
    return { sentBytes: data.byteLength, canSendMore };
  }

  sendReset(): void {
    this.#socket.destroy();
  }

  sendPause(): void {
    this.#socket.pause();
  }

  sendResume(): void {
    this.#socket.resume();
  }

  close(): Promise<void> {
    this.#socket.end();
    return Promise.resolve();
  }
}
