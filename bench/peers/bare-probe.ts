import { createCipheriv, createDecipheriv } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { HOST } from "./address.ts";
import { type RpcClient, type RpcPeer } from "./rpc-peer.ts";

/**
 * The ceiling: numbered messages of at least 112 bytes, all of one tick sealed as one record with
 * ChaCha20-Poly1305 and written at once. No handshake, no Cap'n Proto, no capabilities, no limits.
 */
export const bareProbe: RpcPeer = {
  async serve() {
    const server = createServer({ noDelay: true }, (socket) => {
      const records = new Records(socket, (message) => {
        records.send(message);
      });
    });
    server.listen(0, HOST);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // it listens on TCP
    return { port, rest: "" };
  },
  async connect({ port }) {
    const socket = connect({ port, host: HOST, noDelay: true });
    await once(socket, "connect");
    return new BareClient(socket);
  },
};

/** A message is its length and its number, 4 bytes each, a byte that says whether to fail, and what it carries. */
const HEAD_BYTES = 9;
const MESSAGE_BYTES = 112;

class BareClient implements RpcClient {
  readonly #socket: Socket;
  readonly #records: Records;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#records = new Records(socket, (message) => {
      const number = message.readUInt32LE(4);
      const { resolve, reject, bytes } = this.#waiting.get(number) ?? unasked();
      this.#waiting.delete(number);
      if (message[8] === 0) resolve({ payload: message.subarray(HEAD_BYTES, HEAD_BYTES + bytes) });
      else reject(new Error("on purpose"));
    });
  }

  echo(payload: Uint8Array) {
    return this.#ask(payload, 0);
  }

  fail() {
    return this.#ask(new Uint8Array(0), 1);
  }

  close() {
    this.#socket.destroy();
  }

  #ask(payload: Uint8Array, fails: 0 | 1): Promise<{ readonly payload: Uint8Array }> {
    const message = Buffer.alloc(Math.max(MESSAGE_BYTES, HEAD_BYTES + payload.length));
    const number = (this.#next = (this.#next + 1) >>> 0);
    message.writeUInt32LE(message.length, 0);
    message.writeUInt32LE(number, 4);
    message[8] = fails;
    message.set(payload, HEAD_BYTES);
    this.#records.send(message);
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject, bytes: payload.length });
    });
  }
}

interface Waiting {
  readonly resolve: (results: { readonly payload: Uint8Array }) => void;
  readonly reject: (error: Error) => void;
  readonly bytes: number;
}

function unasked(): never {
  throw new Error("an answer to nothing");
}

const CIPHER = "chacha20-poly1305";
const TAG_BYTES = 16;
const RECORD_HEAD_BYTES = 4 + TAG_BYTES;
const KEY = Buffer.alloc(32, "a key that both ends know");
const OPTIONS = { authTagLength: TAG_BYTES };

/** A record is the length of what is sealed, the tag, and that. */
class Records {
  readonly #socket: Socket;
  readonly #take: (message: Buffer) => void;
  readonly #sealed = new Nonces();
  readonly #opened = new Nonces();
  #batch: Buffer[] = [];
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, take: (message: Buffer) => void) {
    this.#socket = socket;
    this.#take = take;
    socket.on("error", () => {}); // `close` follows
    socket.on("data", (chunk) => {
      this.#receive(chunk);
    });
  }

  send(message: Buffer): void {
    if (this.#batch.length === 0) {
      setImmediate(() => {
        this.#flush();
      });
    }
    this.#batch.push(message);
  }

  #flush(): void {
    const cipher = createCipheriv(CIPHER, KEY, this.#sealed.next(), OPTIONS);
    const sealed = cipher.update(Buffer.concat(this.#batch));
    cipher.final();
    this.#batch = [];
    const head = Buffer.alloc(4);
    head.writeUInt32LE(sealed.length);
    this.#socket.write(Buffer.concat([head, cipher.getAuthTag(), sealed]));
  }

  #receive(chunk: Buffer): void {
    let rest: Buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (rest.length >= RECORD_HEAD_BYTES) {
      const end = RECORD_HEAD_BYTES + rest.readUInt32LE(0);
      if (rest.length < end) break;
      const decipher = createDecipheriv(CIPHER, KEY, this.#opened.next(), OPTIONS);
      decipher.setAuthTag(rest.subarray(4, RECORD_HEAD_BYTES));
      const messages = decipher.update(rest.subarray(RECORD_HEAD_BYTES, end));
      decipher.final();
      for (let at = 0; at < messages.length; at += messages.readUInt32LE(at)) {
        this.#take(messages.subarray(at, at + messages.readUInt32LE(at)));
      }
      rest = rest.subarray(end);
    }
    this.#rest = rest;
  }
}

class Nonces {
  readonly #bytes = Buffer.alloc(12);
  #counter = 0;

  next(): Buffer {
    this.#bytes.writeUInt32LE(this.#counter);
    this.#counter += 1;
    return this.#bytes;
  }
}
