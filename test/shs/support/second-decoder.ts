/**
 * aead64k once more, from its specification and node:crypto alone: nothing here is imported from
 * the product. It knows every secret and reads what went over the wire.
 */
import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from "node:crypto";

const DOMAIN = Buffer.from("handfast/shs1+aead64k/v1");
const P = 2n ** 255n - 19n;

export interface Secrets {
  readonly network: Uint8Array;
  readonly clientSeed: Uint8Array;
  readonly clientEphemeral: Uint8Array;
  readonly clientPublic: Uint8Array;
  readonly serverPublic: Uint8Array;
}

export interface Wire {
  /** M1 to M4. */
  readonly messages: readonly Uint8Array[];
  readonly c2s: Uint8Array;
  readonly s2c: Uint8Array;
}

/** The records of both directions as `type:payload in latin1`, and the channel binding. */
export function decode(secrets: Secrets, wire: Wire) {
  const { clientPublic: Ap, serverPublic: Bp } = secrets;
  const messages = wire.messages.map((message) => Buffer.from(message));
  const bp = messages[1]!.subarray(32);
  const K = mac(secrets.network, DOMAIN);
  const ab = dh(secrets.clientEphemeral, bp);
  const aB = dh(secrets.clientEphemeral, toCurve(Bp));
  const Ab = dh(curveSecret(secrets.clientSeed), bp);
  const Z = sha256(sha256(K, ab, aB, Ab));
  const PRK = hmac256(sha256(...messages.slice(0, 3)), Z);
  const expand = (...info: Uint8Array[]) => hmac256(PRK, DOMAIN, ...info, Buffer.of(1));
  return {
    c2s: records(expand(Buffer.from("c2s"), Ap, Bp), wire.c2s),
    s2c: records(expand(Buffer.from("s2c"), Ap, Bp), wire.s2c),
    channelBinding: expand(Buffer.from("bind"), sha256(...messages)),
  };
}

function records(firstKey: Buffer, wire: Uint8Array): string[] {
  const found: string[] = [];
  let rest = Buffer.from(wire);
  let key = firstKey;
  let counter = 0n;
  while (rest.length > 0) {
    const n = rest.readUInt32BE(0);
    const nonce = Buffer.alloc(12);
    nonce.writeBigUInt64LE(counter, 4);
    counter += 1n;
    const decipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
    decipher.setAAD(rest.subarray(0, 4), { plaintextLength: n });
    decipher.setAuthTag(rest.subarray(4 + n, 20 + n));
    const text = Buffer.concat([decipher.update(rest.subarray(4, 4 + n)), decipher.final()]);
    const type = text.at(-1)!;
    found.push(`${type}:${text.subarray(0, -1).toString("latin1")}`);
    if (type === 5) {
      key = hmac256(key, DOMAIN, Buffer.from("rekey"), Buffer.of(1));
      counter = 0n;
    }
    rest = rest.subarray(20 + n);
  }
  return found;
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}

function hmac256(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  return createHmac("sha256", key).update(Buffer.concat(parts)).digest();
}

function mac(key: Uint8Array, message: Uint8Array): Buffer {
  return createHmac("sha512", key).update(message).digest().subarray(0, 32);
}

function dh(secret: Uint8Array, point: Uint8Array): Buffer {
  const pkcs8 = Buffer.from("302e020100300506032b656e04220420", "hex");
  const spki = Buffer.from("302a300506032b656e032100", "hex");
  return diffieHellman({
    privateKey: createPrivateKey({
      key: Buffer.concat([pkcs8, secret]),
      format: "der",
      type: "pkcs8",
    }),
    publicKey: createPublicKey({ key: Buffer.concat([spki, point]), format: "der", type: "spki" }),
  });
}

/** RFC 7748 §4.1: u = (1 + y) / (1 - y). */
function toCurve(edwards: Uint8Array): Buffer {
  const y = fromLittleEndian(edwards) & (2n ** 255n - 1n);
  return toLittleEndian(((1n + y) * inverse(1n - y)) % P);
}

/** RFC 8032 §5.1.5, steps 1 and 2. */
function curveSecret(seed: Uint8Array): Buffer {
  const secret = createHash("sha512").update(seed).digest().subarray(0, 32);
  secret[0]! &= 248;
  secret[31] = (secret[31]! & 127) | 64;
  return secret;
}

function inverse(value: bigint): bigint {
  let result = 1n;
  let base = ((value % P) + P) % P;
  for (let exponent = P - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result;
}

function fromLittleEndian(data: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(data).reverse().toString("hex")}`);
}

function toLittleEndian(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse();
}
