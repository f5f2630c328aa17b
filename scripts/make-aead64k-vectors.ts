/** Prints test/vectors/aead64k.json: whole sessions under fixed secrets, sealed by the product. */
import { ByteQueue, toHex } from "../src/base/index.ts";
import { AeadSealer } from "../src/shs/aead-stream.ts";
import { ephemeralOf } from "../src/shs/primitives.ts";
import {
  ClientHandshake,
  KeyPair,
  networkIdentifier,
  offersOf,
  ready,
  type Sealer,
  ServerHandshake,
} from "../src/shs/index.ts";

const counted = (first: number, step: number) =>
  Uint8Array.from({ length: 32 }, (_, index) => first + index * step);

function seal(sealer: Sealer, text: string): Uint8Array {
  const queue = new ByteQueue();
  queue.push(Buffer.from(text));
  return Buffer.concat(sealer.seal(queue));
}

function session(name: string, first: number) {
  const network = networkIdentifier(name);
  const [clientSeed, serverSeed] = [counted(first, 1), counted(first + 1, 3)];
  const [clientEphemeral, serverEphemeral] = [counted(first + 2, 5), counted(first + 3, 7)];
  const [A, B] = [KeyPair.fromSeed(clientSeed), KeyPair.fromSeed(serverSeed)];
  const client = new ClientHandshake({
    keyPair: A,
    serverKey: B.publicKey,
    network,
    suite: "aead64k",
    ephemeral: ephemeralOf(clientEphemeral.slice()),
  });
  const server = new ServerHandshake({
    keyPair: B,
    offers: offersOf(network, ["aead64k"]),
    ephemeral: () => ephemeralOf(serverEphemeral.slice()),
  });
  const m2 = server.receive(client.m1);
  if (m2.is !== "send") throw new Error("no M2");
  const m3 = client.receive(m2.bytes);
  if (m3.is !== "send") throw new Error("no M3");
  const verdict = server.receive(m3.bytes);
  if (verdict.is !== "verified") throw new Error("not verified");
  const { bytes: m4, session: ofServer } = server.accept(verdict.peer);
  const established = client.receive(m4);
  if (established.is !== "established") throw new Error("not established");
  const sealer = established.session.sealer;
  if (!(sealer instanceof AeadSealer)) throw new Error("not aead64k");
  const long = "0123456789abcdef".repeat(300);
  return {
    network: toHex(network),
    client_seed: toHex(clientSeed),
    client_public: toHex(A.publicKey),
    server_seed: toHex(serverSeed),
    server_public: toHex(B.publicKey),
    client_ephemeral_secret: toHex(clientEphemeral),
    server_ephemeral_secret: toHex(serverEphemeral),
    messages: [client.m1, m2.bytes, m3.bytes, m4].map(toHex),
    channel_binding: toHex(ofServer.channelBinding),
    c2s: toHex(
      Buffer.concat([
        seal(sealer, "hello"),
        sealer.ping(),
        seal(sealer, long),
        sealer.rekey(),
        seal(sealer, "new key"),
        sealer.closeReason({ code: 258, text: "done" }),
        sealer.goodbye(),
      ]),
    ),
    c2s_records: ["0:hello", "2:", `0:${long}`, "5:", "0:new key", "4:\x01\x02done", "1:"],
    s2c: toHex(
      Buffer.concat([
        ofServer.sealer.pong() ?? new Uint8Array(0),
        seal(ofServer.sealer, "x"),
        ofServer.sealer.goodbye(),
      ]),
    ),
    s2c_records: ["3:", "0:x", "1:"],
  };
}

await ready();
const sessions = [session("handfast.example", 1), session("\x21\x7e", 90)];
console.log(JSON.stringify({ sessions }, null, 1));
