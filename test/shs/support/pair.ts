import { ByteQueue } from "../../../src/base/index.ts";
import {
  ClientHandshake,
  KeyPair,
  networkIdentifier,
  type Offer,
  offersOf,
  type Opener,
  type Received,
  type Sealer,
  ServerHandshake,
  type Session,
  type Suite,
} from "../../../src/shs/index.ts";
import { type Ephemeral, ephemeralOf } from "../../../src/shs/primitives.ts";

/** A seed that is recognisable and the same in every run. */
export function seedOf(letter: string): Uint8Array {
  return Uint8Array.from(Buffer.alloc(32, letter));
}

export const NETWORK = networkIdentifier("test.example/v1");

export interface PairOptions {
  readonly suite?: Suite;
  readonly offers?: readonly Offer[];
  readonly clientNetwork?: Uint8Array;
  readonly serverKey?: Uint8Array;
  readonly clientSeed?: Uint8Array;
  readonly serverSeed?: Uint8Array;
  readonly serverEphemeral?: Ephemeral;
  readonly clientEphemeral?: Ephemeral;
}

/** A client and a server with fixed keys and ephemerals, nothing exchanged yet. */
export function handshakePair(options: PairOptions = {}) {
  const { suite = "box-stream" } = options;
  const serverKeys = KeyPair.fromSeed(options.serverSeed ?? seedOf("B"));
  const clientKeys = KeyPair.fromSeed(options.clientSeed ?? seedOf("A"));
  const client = new ClientHandshake({
    keyPair: clientKeys,
    serverKey: options.serverKey ?? serverKeys.publicKey,
    network: options.clientNetwork ?? NETWORK,
    suite,
    ephemeral: options.clientEphemeral ?? ephemeralOf(seedOf("a")),
  });
  const server = new ServerHandshake({
    keyPair: serverKeys,
    offers: options.offers ?? offersOf(NETWORK, [suite]),
    ephemeral: () => options.serverEphemeral ?? ephemeralOf(seedOf("b")),
  });
  return { client, server, clientKeys, serverKeys };
}

/** A bit that is flipped on the way. */
export interface Tamper {
  readonly message: "M1" | "M2" | "M3" | "M4";
  readonly bit: number;
}

function flippedAt(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

/** The four messages and both sessions of a handshake that goes well. */
export interface Shaken {
  readonly messages: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  readonly client: Session;
  readonly server: Session;
}

export function shakeHands(options: PairOptions & { readonly tamper?: Tamper } = {}): Shaken {
  const { client, server } = handshakePair(options);
  const arriving = (message: Tamper["message"], bytes: Uint8Array) =>
    options.tamper?.message === message ? flippedAt(bytes, options.tamper.bit) : bytes;
  const m2 = server.receive(arriving("M1", client.m1));
  if (m2.is !== "send") throw new Error("no M2");
  const m3 = client.receive(arriving("M2", m2.bytes));
  if (m3.is !== "send") throw new Error("no M3");
  const verdict = server.receive(arriving("M3", m3.bytes));
  if (verdict.is !== "verified") throw new Error("no verdict asked");
  const accepted = server.accept(verdict.peer);
  const established = client.receive(arriving("M4", accepted.bytes));
  if (established.is !== "established") throw new Error("not established");
  return {
    messages: [client.m1, m2.bytes, m3.bytes, accepted.bytes],
    client: established.session,
    server: accepted.session,
  };
}

export function seal(sealer: Sealer, ...writes: readonly (string | Uint8Array)[]): Uint8Array {
  const queue = new ByteQueue();
  for (const write of writes) queue.push(typeof write === "string" ? Buffer.from(write) : write);
  return Buffer.concat(sealer.seal(queue));
}

/** Everything an opener yields from these bytes; neighbouring data joined. */
export function openAll(opener: Opener, ...chunks: readonly Uint8Array[]): Received[] {
  const all: Received[] = [];
  for (const chunk of chunks) {
    opener.push(chunk);
    for (let event = opener.next(); event !== undefined; event = opener.next()) {
      const last = all.at(-1);
      if (event.is === "data" && last?.is === "data") {
        all[all.length - 1] = { is: "data", bytes: Buffer.concat([last.bytes, event.bytes]) };
      } else all.push(event);
    }
  }
  return all;
}

/** The data in what an opener yielded. */
export function textOf(events: readonly Received[]): string {
  return events.map((event) => (event.is === "data" ? Buffer.from(event.bytes) : "")).join("");
}
