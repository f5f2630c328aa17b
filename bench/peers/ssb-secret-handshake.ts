import { randomBytes } from "node:crypto";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import secretHandshake from "secret-handshake";
import { HOST } from "./address.ts";
import { type Channel, type ChannelPeer } from "./channel-peer.ts";

type End = true | Error | null;
type Answer = (end: End, data?: Uint8Array) => void;
type Source = (abort: End, answer: Answer) => void;
interface PullDuplex {
  readonly source: Source;
  readonly sink: (source: Source) => void;
}

const APP_KEY = Buffer.alloc(32, "bench");
const TIMEOUT_MS = 5000;

const keys = secretHandshake.toKeys(randomBytes(32));

/** The npm originals, secret-handshake and pull-box-stream, over Node's sockets. */
export const ssbSecretHandshake: ChannelPeer = {
  listen: (accepted) =>
    new Promise((resolve) => {
      const authorize = (_key: Buffer, cb: (error: Error | null, auth?: unknown) => void) => {
        cb(null, true);
      };
      const create = secretHandshake.createServer(keys, authorize, APP_KEY, TIMEOUT_MS);
      const server = createServer({ noDelay: true }, (socket) => {
        const shaking = create((error: Error | null, stream: PullDuplex) => {
          if (error === null) accepted(channelOf(stream, socket));
        });
        plug(socket, shaking);
      });
      server.listen(0, HOST, () => {
        const { port } = server.address() as AddressInfo;
        resolve({ port, rest: keys.publicKey.toString("hex") });
      });
    }),
  dial: ({ port, rest: key }) =>
    new Promise((resolve, reject) => {
      const create = secretHandshake.createClient(keys, APP_KEY, TIMEOUT_MS);
      const socket = connect({ port, host: HOST, noDelay: true });
      const shaking = create(Buffer.from(key, "hex"), (error: Error | null, stream: PullDuplex) => {
        if (error === null) resolve(channelOf(stream, socket));
        else reject(error);
      });
      plug(socket, shaking);
    }),
};

function channelOf(stream: PullDuplex, socket: Socket): Channel {
  const waiting: Uint8Array[] = [];
  let asked: Answer | undefined;
  let drained: (() => void) | undefined;
  stream.sink((_abort, answer) => {
    const next = waiting.shift();
    if (next !== undefined) answer(null, next);
    else asked = answer;
    if (waiting.length === 0) setImmediate(() => drained?.());
  });
  return {
    onData: (take) => {
      drain(stream.source, (data, next) => {
        take(data);
        next();
      });
    },
    write: (bytes) => {
      const answer = asked;
      asked = undefined;
      const buffer = asBuffer(bytes);
      if (answer === undefined) waiting.push(buffer);
      else answer(null, buffer);
      return waiting.length < 4;
    },
    onceDrained: (go) => {
      drained = () => {
        drained = undefined;
        go();
      };
    },
    close: () => socket.destroy(),
    wireBytes: () => socket.bytesWritten,
  };
}

/** The box stream takes Node's own class only. */
const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function plug(socket: Socket, stream: PullDuplex): void {
  const chunks: Uint8Array[] = [];
  let waiting: Answer | undefined;
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    const answer = waiting;
    waiting = undefined;
    if (answer === undefined) {
      chunks.push(chunk);
      if (chunks.length > 16) socket.pause();
    } else answer(null, chunk);
  });
  socket.on("close", () => waiting?.(true));
  stream.sink((_abort, answer) => {
    const next = chunks.shift();
    if (chunks.length < 4) socket.resume();
    if (next !== undefined) answer(null, next);
    else waiting = answer;
  });
  drain(stream.source, (data, next) => {
    if (socket.write(data)) next();
    else socket.once("drain", next);
  });
}

/** Reads a source to its end, in a loop where it answers at once, since a recursion would be deep. */
function drain(source: Source, take: (data: Uint8Array, next: () => void) => void): void {
  let [asking, again] = [false, false];
  const next = () => {
    again = true;
    if (asking) return;
    asking = true;
    while (again) {
      again = false;
      source(null, (end, data) => {
        if (end === null && data !== undefined) take(data, next);
      });
    }
    asking = false;
  };
  next();
}
